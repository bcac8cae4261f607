/**
 * Which folder may import which (the table of the design). The longest matching prefix counts. `types` may be imported
 * as types only. A folder may always import itself. `test/`, `scripts/` and tests may import anything.
 * @type {Readonly<Record<string, { readonly values: readonly string[], readonly types?: readonly string[] }>>}
 */
export const boundaries = {
  model: { values: [] },
  'model/schema': { values: ['model'] },
  'temporal/contracts': { values: ['model'] },
  temporal: { values: ['model', 'runtime', 'temporal/contracts'] },
  workflows: { values: ['model', 'temporal/contracts', 'temporal/search-attributes'], types: ['activities'] },
  'activities/server': { values: ['activities', 'model', 'planes', 'store', 'temporal'] },
  'activities/host': { values: ['activities', 'model', 'agent', 'runtime', 'temporal/contracts'] },
  activities: { values: ['model', 'temporal/contracts'] },
  planes: { values: ['model', 'runtime'] },
  agent: { values: ['model', 'runtime', 'agent/sentinels'] },
  'agent/sentinels': { values: ['model'] },
  store: { values: ['model', 'runtime'] },
  api: { values: ['model', 'model/schema', 'store', 'planes', 'temporal'] },
  runtime: { values: ['model', 'model/schema'] },
  workers: {
    values: ['model', 'temporal', 'workflows', 'activities', 'planes', 'agent', 'store', 'api', 'runtime'],
  },
  cli: {
    values: [
      'model',
      'runtime',
      'temporal',
      'agent/scripted',
      'agent/install-bridge',
      'planes/work/bd/folder-exchange',
      'planes/work/create-beads',
      'planes/work/import/jsonl-records',
      'planes/work/login',
      'planes/work/sql-exchange',
    ],
  },
  web: { values: ['model'] },
}

/** Files that may start processes themselves. */
const mayStartProcesses = [/^runtime\/exec\.ts$/, /^agent\/scripted\//, /^scripts\//, /\.test\.ts$/]

const vocabulary = Object.keys(boundaries).sort((a, b) => b.length - a.length)

/** The part of the table that a file belongs to, or undefined. Paths are relative to the root, with slashes. */
export function partOf(path) {
  return vocabulary.find((folder) => path === folder || path.startsWith(`${folder}/`))
}

/**
 * Why a file may not import another, or undefined when it may.
 * @param {string} from @param {string} to @param {boolean} typeOnly
 */
export function importRefused(from, to, typeOnly) {
  if (from.startsWith('test/') || /\.test\.ts$/.test(from) || from.includes('/testing/')) return undefined
  const own = partOf(from)
  const other = partOf(to)
  if (own === undefined || other === undefined || own === other) return undefined
  const { values, types = [] } = boundaries[own]
  const allowed = typeOnly ? [...values, ...types] : values
  if (allowed.some((folder) => covers(folder, to, other, own))) return undefined
  return `${own}/ may not import ${other}/${typeOnly ? ', not even types' : ''}`
}

/** `model` does not cover `model/schema`, which stands apart, nor `activities` a sibling of the importing part. */
function covers(allowed, to, part, own) {
  if (part.startsWith(`${allowed}/`) && own.startsWith(`${allowed}/`)) return false
  if (part === 'model/schema' && allowed === 'model') return false
  return to === allowed || to.startsWith(`${allowed}/`) || to.startsWith(`${allowed}.`)
}

/**
 * Why a file may not import this package, or undefined when it may.
 * @param {string} from @param {string} name @param {boolean} typeOnly
 */
export function packageRefused(from, name, typeOnly) {
  if (/^(node:)?child_process$/.test(name) && !typeOnly && !mayStartProcesses.some((pattern) => pattern.test(from))) {
    return 'only runtime/exec.ts starts processes'
  }
  if (from.startsWith('workflows/') && name.startsWith('node:')) return 'workflows can not use Node'
  return undefined
}
