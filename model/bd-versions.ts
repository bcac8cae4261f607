/** Versions of bd that Gemba was tested to write through, the newest last, with the schema that each keeps. */
export const bdVersions: Readonly<Record<string, number>> = { '1.0.2': 32, '1.0.3': 32, '1.0.4': 32 }

/** The one to install. */
export const newestBdVersion = Object.keys(bdVersions).at(-1) ?? ''
