import { readFileSync } from 'node:fs'

/** What a real `bd` once printed: a file of `test/fixtures/bd`. */
export function recordedOutput(name: string): string {
  return readFileSync(new URL(`../fixtures/bd/${name}`, import.meta.url), 'utf8')
}
