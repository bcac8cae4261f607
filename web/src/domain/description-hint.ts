/** What a description is for; where beads are worked, an agent begins with it. */
export function descriptionHint(worked: boolean): string {
  return `What is to be done, and why.${worked ? ' The agent reads this first.' : ''}`
}
