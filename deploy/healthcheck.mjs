// Ends with 0 while the server in this container says that it is well. Every entry point listens where GEMBA_LISTEN says.
const [port] = /\d+$/.exec(process.env.GEMBA_LISTEN ?? '') ?? ['7666']
const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(4_000) }).catch(
  () => undefined,
)
process.exit(answer?.ok === true ? 0 : 1)
