import type { Report } from '../terminal.ts'

/** A report that says nothing. */
export const silentReport: Report = { line: () => undefined, progress: () => undefined, endProgress: () => undefined }
