import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { api } from '../api/client.ts'

/** A part of the server that does not answer, in words. */
export interface Trouble {
  readonly title: string
  readonly why: string
  /** What goes on, and what does not, until it is back. */
  readonly meanwhile: string
}

const lookEveryMs = 10_000

/** The Beads database tells of itself by events; these parts can not. The one that matters more comes first. */
const parts = [
  {
    part: 'store',
    title: 'The operational store does not answer.',
    meanwhile: 'Nothing can be changed or heard of until it is back.',
  },
  {
    part: 'temporal',
    title: 'Temporal does not answer.',
    meanwhile: 'Running agents go on; nothing can be started, answered or ended until it is back.',
  },
] as const

/** Asks the server now and then whether its parts answer. */
export const useHealth = defineStore('health', () => {
  const trouble = shallowRef<Trouble | null>(null)
  let timer: ReturnType<typeof setInterval> | undefined

  async function look(): Promise<void> {
    const health = await api.health()
    const found = parts.find(({ part }) => health.parts[part]?.ok === false)
    const why = found === undefined ? '' : (health.parts[found.part]?.why ?? '')
    trouble.value = found === undefined ? null : { title: found.title, meanwhile: found.meanwhile, why: sentence(why) }
  }

  function start(): void {
    stop()
    // A server that does not answer at all is told by the connection.
    const now = (): void => void look().catch(() => undefined)
    timer = setInterval(now, lookEveryMs)
    now()
  }

  function stop(): void {
    clearInterval(timer)
    trouble.value = null
  }

  return { trouble, look, start, stop }
})

function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`
}
