import { describe, expect, it } from 'vitest'
import {
  decisionNumber,
  indexTags,
  isTag,
  milestoneLabel,
  nextDecisionNumber,
  tagChoices,
  tagsOf,
  type TaggedBead,
} from './tags.ts'

function bead(id: string, type: string, title: string, labels: readonly string[] = []): TaggedBead {
  return { id, type, title, labels }
}

const plan = [
  bead('gm-1', 'milestone', 'M1: The gallery opens'),
  bead('gm-2', 'milestone', 'Later'),
  bead('gm-3', 'decision', 'D7: Keep bookings for a year', ['d:2']),
  bead('gm-4', 'decision', 'Which mail server', ['d:2', 'mail']),
  bead('gm-5', 'decision', 'Not numbered yet'),
  bead('gm-6', 'task', 'A task', ['milestone:gm-1', 'd:7', 'd:31', 'milestone:gone', 'mail']),
]
const index = indexTags(plan)

it('a pill is a label of one of two forms', () => {
  expect(['d:1', 'd:31', 'milestone:gm-1', milestoneLabel('x')].every(isTag)).toBe(true)
  expect(['d:', 'd:01', 'd:x', 'd:1 ', 'milestone:', 'milestone', 'staged:true'].some(isTag)).toBe(false)
})

describe('a decision bead', () => {
  it('has the number of its title, else of its label, else none', () => {
    expect(plan.map(decisionNumber)).toEqual([null, null, 7, 2, null, null])
    expect(decisionNumber(bead('x', 'decision', 'Decision 12: y'))).toBe(12)
    expect(decisionNumber(bead('x', 'decision', 'E12: y'))).toBeNull()
  })

  it('that is new gets a number that nothing names', () => {
    expect(nextDecisionNumber(plan)).toBe(32)
    expect(nextDecisionNumber([])).toBe(1)
  })
})

describe('pills', () => {
  it('of a bead say what they name, also when that is gone', () => {
    expect(tagsOf(plan[5]?.labels ?? [], index)).toEqual([
      { kind: 'milestone', label: 'milestone:gm-1', text: 'M1', title: 'M1: The gallery opens', bead: 'gm-1' },
      { kind: 'milestone', label: 'milestone:gone', text: 'gone', title: '', bead: null },
      { kind: 'decision', label: 'd:7', text: 'D7', title: 'D7: Keep bookings for a year', bead: 'gm-3' },
      { kind: 'decision', label: 'd:31', text: 'D31', title: '', bead: null },
    ])
  })

  it('to choose from come from milestones, decision beads and labels in use, each once', () => {
    expect(tagChoices(index).map(({ label }) => label)).toEqual([
      'milestone:gm-1',
      'milestone:gm-2',
      'milestone:gone',
      'd:2',
      'd:7',
      'd:31',
    ])
  })

  it('that no label has room for are not offered', () => {
    expect(tagChoices(indexTags([bead('ü'.repeat(125), 'milestone', 'Long')]))).toEqual([])
  })
})
