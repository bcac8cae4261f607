/** A plan of the size that a small team has after years: the same each time. */
export const greatPlan = { beads: 10_000, inOneLane: 3_000, dependencies: 30_000 } as const

const milestones = 20
const epics = 200
const wrappers = milestones + epics
const types = ['task', 'bug', 'feature', 'chore', 'story']
const people = ['ada', 'grace', 'linus', 'barbara', 'edsger']

/** As lines of an import: milestones, epics in them, beads in those, and dependencies that form no circle. */
export function greatPlanBeads(): object[] {
  const random = randomFrom(7)
  const targets = dependenciesOf(random)
  return Array.from({ length: greatPlan.beads }, (_, n) => bead(n, random, targets[n] ?? new Set()))
}

/** Each wrapper is a dependency of what it holds; the others are drawn by lot, from a later bead to an earlier one. */
function dependenciesOf(random: Random): ReadonlySet<number>[] {
  const targets = Array.from({ length: greatPlan.beads }, () => new Set<number>())
  const plain = greatPlan.beads - wrappers
  for (let left = greatPlan.dependencies - (greatPlan.beads - milestones); left > 0;) {
    const [from, to] = [wrappers + random(plain), wrappers + random(plain)]
    if (from <= to || targets[from]?.has(to) !== false) continue
    targets[from].add(to)
    left -= 1
  }
  return targets
}

function bead(n: number, random: Random, targets: ReadonlySet<number>) {
  const id = idOf(n)
  const created = new Date(Date.UTC(2024, 0, 1) + n * 5_400_000 + random(3_600_000)).toISOString()
  const updated = new Date(Date.parse(created) + random(90 * 86_400_000)).toISOString()
  const status = statusOf(n)
  const parent = parentOf(n)
  return {
    id,
    title: `${pick(verbs, random)} the ${pick(things, random)} ${pick(places, random)}, case ${random(1_000)}`,
    description: `${pick(things, random)} and ${pick(things, random)} do not agree ${pick(places, random)}. `.repeat(5),
    status,
    priority: random(5),
    issue_type: n < milestones ? 'milestone' : n < wrappers ? 'epic' : types[random(types.length)],
    ...(status === 'in_progress' ? { assignee: pick(people, random) } : {}),
    created_at: created,
    updated_at: updated,
    ...(status === 'closed' ? { closed_at: updated } : {}),
    ...(status === 'deferred' ? { defer_until: '2099-01-01T00:00:00.000Z' } : {}),
    labels: [`area:${pick(things, random)}`, ...(random(9) === 0 ? ['d:3'] : [])],
    dependencies: [
      ...(parent === undefined ? [] : [{ issue_id: id, depends_on_id: idOf(parent), type: 'parent-child' }]),
      ...[...targets].map((target) => ({ issue_id: id, depends_on_id: idOf(target), type: 'blocks' })),
    ],
  }
}

/** The open ones, wrappers first, fill one lane; the rest is mostly done. */
function statusOf(n: number): string {
  if (n < wrappers) return 'open'
  const turn = (n - wrappers) % (greatPlan.beads - wrappers)
  const open = greatPlan.inOneLane - wrappers
  // Spread over the plan: every 978 beads hold as many of each kind.
  const place = (turn * 7_919) % (greatPlan.beads - wrappers)
  if (place < open) return 'open'
  if (place < open + 1_000) return 'in_progress'
  return place < open + 2_500 ? 'deferred' : 'closed'
}

function parentOf(n: number): number | undefined {
  if (n < milestones) return undefined
  return n < wrappers ? n % milestones : milestones + (n % epics)
}

function idOf(n: number): string {
  return `gm-${n.toString(36)}`
}

type Random = (below: number) => number

/** Numbers by lot that are the same each time (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

function pick(words: readonly string[], random: Random): string {
  return words[random(words.length)] ?? ''
}

const verbs = ['Mend', 'Show', 'Speed up', 'Explain', 'Remove', 'Test', 'Rename', 'Split', 'Document', 'Guard', 'Move']
const things = [
  ...['calendar', 'mail queue', 'ticket', 'kiosk', 'guide', 'export', 'index', 'import', 'search', 'lamp', 'door'],
  ...['invoice', 'wardrobe', 'audio tour', 'map', 'newsletter', 'archive', 'sign-in', 'backup', 'timetable', 'ledger'],
]
const places = [
  ...['on phones', 'after midnight', 'for groups', 'in the old wing', 'without network', 'for new visitors', 'at noon'],
  ...['when two people edit it', 'with a thousand entries', 'in other languages', 'on the first visit', 'in print'],
]
