/** The id of a server-sent event: `<epoch>.<number>`. */
export interface EventId {
  readonly epoch: string
  readonly number: number
}

export function formatEventId(epoch: string, number: number): string {
  return `${epoch}.${number}`
}

/** Undefined when it is no event id of ours. */
export function parseEventId(text: string): EventId | undefined {
  const [, epoch, number] = /^(.{1,150})\.(\d{1,15})$/.exec(text) ?? []
  return epoch === undefined || number === undefined ? undefined : { epoch, number: Number(number) }
}
