import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

export interface Choice {
  readonly value: string
  readonly label: string
  readonly tone: 'primary' | 'danger' | 'plain'
}

export interface Question {
  readonly title: string
  readonly text: string
  /** Several things that the text speaks of, each in a line. */
  readonly points?: readonly string[]
  readonly choices: readonly Choice[]
  /** A text that must be given along with the choice. */
  readonly input: {
    readonly label: string
    readonly initial: string
    /** The one text that lets the choice be made. */
    readonly only?: string
  } | null
}

export interface Reply {
  readonly value: string
  readonly text: string
}

interface Asked extends Question {
  readonly settle: (reply: Reply | null) => void
}

/** Questions of the console to the person in front of it, one at a time. */
export const useDialogs = defineStore('dialogs', () => {
  const asked = shallowRef<Asked | null>(null)

  /** Resolves with the choice, or null when the person turned away. */
  function ask(question: Question): Promise<Reply | null> {
    asked.value?.settle(null)
    return new Promise((resolve) => {
      const settle = (reply: Reply | null): void => {
        if (asked.value?.settle === settle) asked.value = null
        resolve(reply)
      }
      asked.value = { ...question, settle }
    })
  }

  return { asked, ask }
})
