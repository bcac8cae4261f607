import type { Store, StoredSignIn } from '../store/store.ts'
import { digestOfSecret, hasDigest, newSecret } from './secrets.ts'

/** Milliseconds after which a sign-in that nobody used ends. */
export const idleMs = 30 * 86_400_000
/** A use is written down at most this often. */
const noteEveryMs = 3_600_000
const lookEveryMs = 60_000
/** Beyond, the one used longest ago ends. */
const most = 100

type SignInStore = Pick<Store, 'signIns' | 'addSignIn' | 'noteSignIn' | 'deleteSignIn'>

/** What a browser is given when it signs in; only digests stay here. */
export interface NewSignIn {
  readonly id: string
  readonly cookie: string
  readonly secret: string
}

/**
 * The browsers that have signed in. They outlive a restart, end when they are not used, with another local token, or by
 * signing out, and whatever was opened with them ends then too.
 */
export class SignIns {
  readonly #store: SignInStore
  readonly #tokenDigest: string
  readonly #live = new Map<string, StoredSignIn>()
  readonly #opened = new Map<string, Set<() => void>>()
  readonly #look: NodeJS.Timeout

  private constructor(store: SignInStore, token: string) {
    this.#store = store
    this.#tokenDigest = digestOfSecret(token)
    this.#look = setInterval(() => void this.endIdle().catch(() => undefined), lookEveryMs).unref()
  }

  /** Reads those that are still good; the others are forgotten. */
  static async open(store: SignInStore, token: string): Promise<SignIns> {
    const signIns = new SignIns(store, token)
    for (const one of await store.signIns()) signIns.#live.set(one.id, one)
    await signIns.endIdle()
    return signIns
  }

  async add(): Promise<NewSignIn> {
    const [id, cookie, secret] = [newSecret(), newSecret(), newSecret()]
    const oldest = [...this.#live.values()].sort((a, b) => a.usedAt - b.usedAt)
    for (const one of oldest.slice(0, Math.max(0, oldest.length - most + 1))) await this.end(one.id)
    const digests = { cookieDigest: digestOfSecret(cookie), secretDigest: digestOfSecret(secret) }
    const signIn = { id, ...digests, tokenDigest: this.#tokenDigest, usedAt: Date.now() }
    await this.#store.addSignIn(signIn)
    this.#live.set(id, signIn)
    return { id, cookie: `${id}.${cookie}`, secret }
  }

  /** The sign-in that this cookie belongs to. */
  find(cookie: string): StoredSignIn | undefined {
    const [id = '', secret = ''] = cookie.split('.', 2)
    const signIn = this.#live.get(id)
    if (signIn === undefined || !this.#isGood(signIn)) return undefined
    return hasDigest(secret, signIn.cookieDigest) ? signIn : undefined
  }

  /** Notes that it was used. True when its time was long enough ago to be written down. */
  use(signIn: StoredSignIn): boolean {
    if (Date.now() - signIn.usedAt < noteEveryMs) return false
    const used = { ...signIn, usedAt: Date.now() }
    this.#live.set(used.id, used)
    // A store that is away only forgets this use: the next hour writes again.
    this.#store.noteSignIn(used.id, used.usedAt).catch(() => undefined)
    return true
  }

  /** `store_unavailable`: then it has not ended, since it would be back after a restart. */
  async end(id: string): Promise<void> {
    await this.#store.deleteSignIn(id)
    this.#live.delete(id)
    for (const close of this.#opened.get(id) ?? []) close()
    this.#opened.delete(id)
  }

  /** `close` is called once when the sign-in ends. Returns the release. */
  onEnd(id: string, close: () => void): () => void {
    const opened = this.#opened.get(id) ?? new Set()
    this.#opened.set(id, opened.add(close))
    return () => {
      opened.delete(close)
      if (opened.size === 0 && this.#opened.get(id) === opened) this.#opened.delete(id)
    }
  }

  async endIdle(): Promise<void> {
    for (const one of [...this.#live.values()]) if (!this.#isGood(one)) await this.end(one.id)
  }

  close(): void {
    clearInterval(this.#look)
  }

  #isGood({ usedAt, tokenDigest }: StoredSignIn): boolean {
    return usedAt + idleMs > Date.now() && tokenDigest === this.#tokenDigest
  }
}
