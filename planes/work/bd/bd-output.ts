import { GembaError } from '../../../model/error.ts'
import { isJsonObject, type JsonObject } from '../../../model/json.ts'

/**
 * What `bd … --json` printed: either an envelope `{schema_version, data}`, or the bare answer as older versions print
 * it, where objects carry a `schema_version` of their own. `bd_failed` when it is no JSON, as some commands print.
 */
export function answerIn(stdout: string): unknown {
  const said = parsed(stdout)
  if (!isJsonObject(said) || !Object.hasOwn(said, 'schema_version')) return said
  if (Object.hasOwn(said, 'data')) return said['data']
  return Object.fromEntries(Object.entries(said).filter(([name]) => name !== 'schema_version'))
}

/** The answer as a list of objects; null and nothing are an empty list, one object is a list of one. */
export function objectsIn(stdout: string): readonly JsonObject[] {
  if (stdout.trim() === '') return []
  const answer = answerIn(stdout)
  if (answer === null) return []
  if (isJsonObject(answer)) return [answer]
  if (Array.isArray(answer)) return answer.filter(isJsonObject)
  throw new GembaError('bd_failed', { why: 'it answered with neither a list nor an object' })
}

export function objectIn(stdout: string): JsonObject {
  const answer = answerIn(stdout)
  if (isJsonObject(answer)) return answer
  throw new GembaError('bd_failed', { why: 'it did not answer with an object' })
}

/** Lines of `bd export`, as far as they are issues. A line that is no JSON means that the output is not whole. */
export function exportedIssues(lines: readonly string[]): readonly JsonObject[] {
  return lines.flatMap((line) => {
    if (line.trim() === '') return []
    const record = parsed(line)
    return isJsonObject(record) && (record['_type'] ?? 'issue') === 'issue' ? [record] : []
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const start = text.trim().slice(0, 120)
    throw new GembaError('bd_failed', { why: `it answered without JSON: ${start || 'nothing'}` }, { cause: error })
  }
}
