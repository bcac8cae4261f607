import { expect, it } from 'vitest'
import { lineWords, verdictSign } from './import-words.ts'

it('a line says which fields differ, and why', () => {
  expect(lineWords({ changes: ['issue_type', 'title', 'updated_at'], why: ['2 new labels'] })).toBe(
    'differs in issue type, title; 2 new labels',
  )
  expect(lineWords({ changes: ['updated_at'], why: [] })).toBe('')
})

it('what will be and what was are told apart', () => {
  expect([verdictSign('created', false).word, verdictSign('created', true).word]).toEqual([
    'will be created',
    'created',
  ])
  expect(verdictSign('refused', true)).toBe(verdictSign('refused', false))
})
