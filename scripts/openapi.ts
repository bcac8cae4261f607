/**
 * Writes `api/openapi.generated.json` from the routes; with `--check` only proves that it is fresh.
 * Exit 1 when it is not.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { openapiDocument } from '../api/openapi.ts'

const target = new URL('../api/openapi.generated.json', import.meta.url)
const fresh = `${JSON.stringify(await openapiDocument(), null, 2)}\n`

if (!process.argv.includes('--check')) {
  await writeFile(target, fresh)
  process.stderr.write('api/openapi.generated.json is fresh\n')
} else if (fresh !== (await readFile(target, 'utf8').catch(() => ''))) {
  process.stderr.write('api/openapi.generated.json is stale: run `node scripts/openapi.ts`\n')
  process.exitCode = 1
}
