import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { format } from 'prettier'
import { glossary } from '../model/glossary.ts'
import { catalogue, type ErrorEntry } from '../model/error.ts'
import { configReference } from '../runtime/config-reference.ts'
import { root } from './node24.mjs'

/** The generated pages: `docs.ts` writes them, `docs.ts --check` fails when one is not fresh. */
const pages: Readonly<Record<string, () => string>> = {
  'docs/reference/configuration.md': configReference,
  'docs/reference/errors.md': errorReference,
  'docs/glossary.md': glossaryPage,
}

/** Every error code with what it says and what mends it. */
function errorReference(): string {
  const entries: [string, ErrorEntry][] = Object.entries(catalogue)
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    '# Errors',
    '',
    'Generated from the catalogue by `npm run docs`. Codes are stable. Names in braces are filled in; over HTTP an error',
    'is `application/problem+json` with the given status, at the command line it is `code: message`.',
    '',
    '| code | HTTP | message | what to do |',
    '| --- | --- | --- | --- |',
    ...sorted.map(
      ([code, { status, message, mend }]) => `| \`${code}\` | ${status} | ${cell(message)} | ${cell(mend)} |`,
    ),
    '',
  ].join('\n')
}

/** The words, in order. */
function glossaryPage(): string {
  const entries = Object.entries(glossary).sort(([a], [b]) => (a < b ? -1 : 1))
  const lines = entries.map(([word, meaning]) => `- **${word}**: ${cell(meaning)}`)
  const about = 'Generated from `model/glossary.ts` by `npm run docs`. One word for a thing, here and in the code.'
  return ['# Glossary', '', about, '', ...lines, ''].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}

const stale: string[] = []
for (const [path, generate] of Object.entries(pages)) {
  const file = join(root, path)
  const fresh = await format(generate(), { parser: 'markdown', printWidth: 120 })
  if (process.argv.includes('--check')) {
    if (readOrEmpty(file) !== fresh) stale.push(path)
    continue
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, fresh)
}
for (const path of stale) process.stderr.write(`${path} is not fresh: run \`npm run docs\`.\n`)
process.exitCode = stale.length === 0 ? 0 : 1

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
