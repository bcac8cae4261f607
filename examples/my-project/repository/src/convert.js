import { readdirSync } from 'node:fs'

const folder = new URL('./families/', import.meta.url)

/** All families of units: `{ name, units }`, where a unit is `{ factor, offset }` relative to the family's base. */
export async function families() {
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'))
  return Promise.all(files.sort().map(async (name) => (await import(new URL(name, folder))).default))
}

/** Converts a number between two units of one family. */
export async function convert(value, from, to) {
  const family = (await families()).find(({ units }) => Object.hasOwn(units, from) && Object.hasOwn(units, to))
  if (family === undefined) throw new Error(`can not convert ${from} to ${to}`)
  const [source, target] = [family.units[from], family.units[to]]
  return (value * source.factor + (source.offset ?? 0) - (target.offset ?? 0)) / target.factor
}
