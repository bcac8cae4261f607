import { isJsonObject, type JsonObject } from '../../../model/json.ts'
import type { Problem } from './types.ts'

/** A failed request: the catalogue's error as it arrives in the browser, in the server's own words. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

const unreachable: Problem = {
  code: 'server_unreachable',
  detail: 'The Gemba server does not answer.',
  mend: 'Check that `gemba serve` runs; this page goes on by itself when it is back.',
  status: 0,
  params: {},
}

/** Reads an error answer; what is not a problem document becomes one. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null)
  const field = (name: string): string | undefined => {
    const value = isJsonObject(body) ? body[name] : undefined
    return typeof value === 'string' ? value : undefined
  }
  return {
    code: field('code') ?? 'internal',
    detail: field('detail') ?? field('title') ?? `The server answered ${response.status}.`,
    mend: field('mend') ?? 'Try again; look into the server log when it lasts.',
    status: response.status,
    params: isJsonObject(body) && isJsonObject(body['params']) ? textsOf(body['params']) : {},
  }
}

/** Whatever was thrown, as something that can be shown. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof ProblemError) return thrown.problem
  if (thrown instanceof TypeError) return unreachable
  return {
    code: 'internal',
    detail: thrown instanceof Error ? thrown.message : 'Something failed in this page.',
    mend: 'Reload the page and try again.',
    status: 0,
    params: {},
  }
}

function textsOf(record: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)]))
}
