// Prints the beads of an example's seed.json as lines that `bd import` and `gemba beads import` take. The same file
// fills the example of `npm start`.
import { readFileSync } from 'node:fs'

const [file] = process.argv.slice(2)
const { beads } = JSON.parse(readFileSync(file, 'utf8'))
const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z')

for (const {
  id,
  title,
  type,
  priority,
  description,
  acceptance,
  labels,
  parent,
  dependencies,
  estimatedMinutes,
} of beads) {
  const parents = parent === undefined ? [] : [{ to: parent, kind: 'parent-child' }]
  const edges = [...parents, ...(dependencies ?? [])]
  const line = {
    ...{ _type: 'issue', id, title, description: description.join('\n'), acceptance_criteria: acceptance },
    ...{ status: 'open', priority, issue_type: type, estimated_minutes: estimatedMinutes },
    ...{ created_at: at, created_by: 'gemba', updated_at: at, labels: labels ?? [] },
    dependencies: edges.map(({ to, kind }) => ({
      ...{ issue_id: id, depends_on_id: to, type: kind, created_at: at, created_by: 'gemba', metadata: '{}' },
    })),
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
