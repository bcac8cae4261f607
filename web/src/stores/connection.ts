import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { Problem } from '../api/types.ts'

export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'offline'
export type SignInState = 'unknown' | 'signed-in' | 'signed-out'

export const useConnection = defineStore('connection', () => {
  const state = ref<ConnectionState>('connecting')
  const signIn = ref<SignInState>('unknown')
  /** Whether the lists were filled once. */
  const loaded = ref(false)
  const problem = ref<Problem | null>(null)
  return { state, signIn, loaded, problem }
})
