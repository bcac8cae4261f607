/** Whether a URL is one of the API's, however it is spelt: who looks at the raw text would let `/%61pi/` pass. */
export function isApiPath(url: string): boolean {
  return decoded(url).toLowerCase().startsWith('/api/')
}

/** A path that is not well encoded reaches no route. */
function decoded(url: string): string {
  try {
    return decodeURIComponent(url.split(/[?#]/, 1)[0] ?? '')
  } catch {
    return url
  }
}
