/**
 * Writes `web/src/api/schema.generated.ts` from `api/openapi.generated.json`: `node web/generate.ts`.
 * Exit 1 when the description does not exist yet.
 */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import openapi, { astToString } from 'openapi-typescript'

const description = new URL('../api/openapi.generated.json', import.meta.url)
const target = new URL('./src/api/schema.generated.ts', import.meta.url)

if (existsSync(description)) {
  await writeFile(target, astToString(await openapi(description)))
  process.stderr.write('web/src/api/schema.generated.ts is fresh\n')
} else {
  process.stderr.write('api/openapi.generated.json is missing; generate it first\n')
  process.exitCode = 1
}
