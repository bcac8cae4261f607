import { describe, expect, it } from 'vitest'
import { recordedOutput } from '../../../test/bd/recorded-output.ts'
import { exportedBead, shownBead } from './bd-bead.ts'
import { answerIn, exportedIssues, objectIn, objectsIn } from './bd-output.ts'
import { wordsIn } from './bd-words.ts'

describe('what bd prints', () => {
  it('is read with an envelope and without', () => {
    expect(objectIn(recordedOutput('create-envelope.json'))).toMatchObject({ id: 'gm-bnq', title: 'Envelope' })
    expect(objectIn(recordedOutput('version.json'))).toEqual({ branch: 'main', build: '7e3c7fbbe', version: '1.0.3' })
    const shown = recordedOutput('show-with-comments.json')
    expect(objectsIn(`{"schema_version":1,"data":${shown}}`)).toEqual(objectsIn(shown))
    expect(objectsIn('null')).toEqual([])
    expect(objectsIn(' \n')).toEqual([])
  })

  it('is refused when it is no JSON in spite of `--json`, or breaks off', () => {
    expect(() => answerIn(recordedOutput('update-nochange.json'))).toThrow('No updates specified')
    const lines = recordedOutput('export.jsonl').trim().split('\n')
    expect(() => exportedIssues([...lines, '{"id":"gm-1","ti'])).toThrow('without JSON')
  })

  it('gives every issue of an export with what hangs on it', () => {
    const beads = exportedIssues(recordedOutput('export.jsonl').split('\n')).map(exportedBead)
    expect(beads).toHaveLength(59)
    expect(new Set(beads.map((bead) => bead.row.id)).size).toBe(59)
    const child = beads.find((bead) => bead.row.id === 'gm-2zs.1.1')
    expect(child?.edges.map(({ to, kind }) => [to, kind])).toContainEqual(['gm-2zs.1', 'parent-child'])
    for (const { row } of beads) expect(row.created_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  })

  it('gives a shown issue with comments in their order and both directions of its edges', () => {
    const [commented] = objectsIn(recordedOutput('show-with-comments.json')).map(shownBead)
    expect(commented?.comments.map((each) => [each.author, each.text])).toEqual([
      ['ada', 'first comment'],
      ['ada', 'second comment'],
    ])
    expect(commented?.labels).toEqual(['p', 'q', 'red'])
    expect(commented?.row).toMatchObject({ due_at: '2026-11-21 19:13:10', notes: 'more', description: '' })
    const [epic] = objectsIn(recordedOutput('show-epic.json')).map(shownBead)
    expect(epic?.row.id).toBe('gm-2zs')
    expect(epic?.dependents.map((each) => [each.row.id, each.kind])).toContainEqual(['gm-2zs.1', 'parent-child'])
  })

  it('tells the words of the database', () => {
    const answer = (name: string) => objectIn(recordedOutput(name))
    const version = { name: '1.0.3', schema: 32 }
    const words = wordsIn(answer('config-list.json'), answer('statuses-custom.json'), answer('types.json'), version)
    expect(words).toMatchObject({ prefix: 'gm', version: 32, wispTypes: ['agent', 'rig', 'role', 'message'] })
    expect(words.statuses).toEqual(expect.arrayContaining(['open', 'hooked', 'parked', 'review', 'shipped']))
    expect(words.types).toEqual(expect.arrayContaining(['task', 'story', 'milestone']))
    const config = { 'status.custom': 'mine:wip,["other"]', 'types.custom': 'convoy', 'types.infra': 'rig' }
    const more = wordsIn({ ...config, issue_prefix: 'gm-', min_hash_length: '5' }, {}, {}, version)
    expect(more).toMatchObject({ prefix: 'gm', minHashLength: 5, maxHashLength: 8, wispTypes: ['rig'] })
    expect([more.statuses.slice(-2), more.types.slice(-1)]).toEqual([['mine', 'other'], ['convoy']])
  })
})
