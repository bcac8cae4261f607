/** The folder for what set-up obtained: `GEMBA_CACHE`, else the platform's cache folder. Always absolute. */
export function cacheFolder(env?: NodeJS.ProcessEnv): string
