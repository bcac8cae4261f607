import { patched } from '@temporalio/workflow'

/**
 * Whether a step is taken by the rules of today. False only while the history of a workflow that began under 0.1.0 is
 * replayed up to where it stood: there it must do what it did.
 */
export function revised(): boolean {
  return patched('rules-0.2')
}
