export interface Tab {
  readonly id: string
  readonly title: string
  /** How many things are in it; left out, or 0, it is not shown. */
  readonly count?: number
}

/** The tab that a key leads to from another; undefined when the key leads nowhere. */
export function tabAfter(tabs: readonly Tab[], from: string, key: string): string | undefined {
  const at = tabs.findIndex((tab) => tab.id === from)
  const last = tabs.length - 1
  const next: Readonly<Record<string, number>> = {
    ArrowRight: at === last ? 0 : at + 1,
    ArrowLeft: at <= 0 ? last : at - 1,
    Home: 0,
    End: last,
  }
  return Object.hasOwn(next, key) ? tabs[next[key] ?? 0]?.id : undefined
}
