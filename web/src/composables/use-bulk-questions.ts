import { useDialogs } from '../stores/dialogs.ts'

/** What is asked before many beads are changed. */
export function useBulkQuestions() {
  const dialogs = useDialogs()

  /** The reason, or null when the person thought better of it. */
  async function reasonTo(verb: 'Close' | 'Reopen', count: number): Promise<string | null> {
    const reply = await dialogs.ask({
      title: `${verb} ${beadsOf(count)}`,
      text: 'The reason is kept with each of them. Those that this does not concern stay as they are.',
      choices: [{ value: 'go', label: `${verb} beads`, tone: 'primary' }],
      input: { label: 'Reason', initial: verb === 'Close' ? 'Done' : 'There is more to do' },
    })
    return reply?.text ?? null
  }

  /** Nothing brings a deleted bead back, so the number is typed. */
  async function sureToDelete(count: number): Promise<boolean> {
    const reply = await dialogs.ask({
      title: `Delete ${beadsOf(count)} for good?`,
      text: `Comments, labels and dependencies go too. This can not be undone. Type ${count} to go on.`,
      choices: [{ value: 'go', label: `Delete ${beadsOf(count)}`, tone: 'danger' }],
      input: { label: 'How many beads are deleted', initial: '', only: String(count) },
    })
    return reply !== null
  }

  return { reasonTo, sureToDelete }
}

export function beadsOf(count: number): string {
  return count === 1 ? '1 bead' : `${count} beads`
}
