const escapes =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-~])/g
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** Text from outside, safe to print on a terminal: escape sequences and control characters removed, length bounded. */
export function printable(text: string, limit = 4_000): string {
  const bounded = text.length > limit ? `${text.slice(0, limit)}…` : text
  return bounded.replace(escapes, '').replace(controls, '')
}
