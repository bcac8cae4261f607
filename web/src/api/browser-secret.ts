/**
 * What the server gave this browser when it signed in. Cookies are sent to every port of a machine; this is kept for the
 * console's own origin, and shown with each request. `public/temporal-sign-in.js` reads it too.
 */
const key = 'gemba.browser'

/** A browser without storage is signed in until the page is left. */
let held = ''

export function readSecret(): string {
  try {
    return localStorage.getItem(key) ?? held
  } catch {
    return held
  }
}

export function keepSecret(secret: string): void {
  held = secret
  try {
    if (secret === '') localStorage.removeItem(key)
    else localStorage.setItem(key, secret)
  } catch {
    // Held above.
  }
}
