import { withoutEscapes } from '../model/plain-text.ts'

const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** Text from outside, safe to print on a terminal: escape sequences and control characters removed, length bounded. */
export function printable(text: string, limit = 4_000): string {
  const bounded = text.length > limit ? `${text.slice(0, limit)}…` : text
  return withoutEscapes(bounded).replace(controls, '')
}
