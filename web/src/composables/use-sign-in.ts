import { readSecret } from '../api/browser-secret.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import type { Problem } from '../api/types.ts'
import { useConnection } from '../stores/connection.ts'
import { useLive } from '../stores/live.ts'
import { useToasts } from '../stores/toasts.ts'

/** The token in an address's fragment, and the address without it. */
export function takeToken(address: string): { token: string | null; address: string } {
  const url = new URL(address)
  const fragment = new URLSearchParams(url.hash.slice(1))
  const token = fragment.get('token')
  if (token === null) return { token, address }
  fragment.delete('token')
  url.hash = fragment.toString()
  return { token, address: url.href }
}

/** Shows the token of the printed URL, else tries the cookie and the kept secret; then everything goes live. */
export function useSignIn() {
  const connection = useConnection()
  const live = useLive()
  const toasts = useToasts()

  async function begin(token: string | null): Promise<void> {
    if (token === null) return live.start()
    const problem = await submit(token)
    if (problem !== null) connection.problem = problem
  }

  /** Null when the token was good. */
  async function submit(token: string): Promise<Problem | null> {
    const problem = await api.signIn(token.trim()).then(
      () => null,
      (error: unknown) => toProblem(error),
    )
    connection.signIn = problem === null ? 'signed-in' : 'signed-out'
    if (problem === null) live.start()
    return problem
  }

  /** Ends this browser's sign-in; the page begins anew, so that nothing of what it showed stays. */
  async function signOut(): Promise<void> {
    const problem = await api.signOut().then(
      () => null,
      (error: unknown) => toProblem(error),
    )
    if (problem !== null && problem.status !== 401) return toasts.problemText('You are still signed in', problem)
    live.stop()
    location.replace('/')
  }

  return { begin, submit, signOut, canSignOut: readSecret() !== '' }
}
