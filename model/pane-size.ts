/**
 * How large a pane begins, in cells, until a person fits it to a window: as wide as the console shows without scrolling
 * beside its side panel in a window of 1440 pixels.
 */
export const paneSize = { columns: 120, rows: 45 } as const
