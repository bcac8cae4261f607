import { expect, test } from 'vitest'
import { isAnswer, possibleAnswers, spoken, type EscalationOption } from './escalation.ts'

const option = (value: string): EscalationOption => ({ value, label: value, tone: 'neutral' })
const colours = { options: [option('red'), option('blue')], freeText: false }
const open = { options: [], freeText: true }
/** An agent may call an option what Gemba calls words. */
const confusing = { options: [option('text'), option('html')], freeText: true }

test.each([
  ['an option', colours, 'red', '', true],
  ['no option', colours, 'green', '', false],
  ['words where none are taken', colours, 'text', 'green', false],
  ['words', open, 'text', 'green', true],
  ['no words', open, 'text', ' ', false],
  ['an option of that name', confusing, 'text', '', true],
])('%s', (_, request, value, text, good) => {
  expect(isAnswer(request, { value, text })).toBe(good)
})

test('a person is told what may be answered', () => {
  expect(possibleAnswers(colours)).toBe('one of: red, blue')
  expect(possibleAnswers(open)).toBe('words of your own (value `text`, the words as its text)')
  expect(possibleAnswers({ ...colours, freeText: true })).toBe(`one of: red, blue, or with ${possibleAnswers(open)}`)
})

test('an agent is told the words, or the option', () => {
  expect(spoken({ value: 'text', text: 'green' })).toBe('green')
  expect(spoken({ value: 'red', text: 'because' })).toBe('red')
  expect(spoken({ value: 'text', text: '' })).toBe('text')
})
