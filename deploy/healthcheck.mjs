// Ends with 0 while the server in this container says that it is well.
const answer = await fetch('http://127.0.0.1:7666/healthz', { signal: AbortSignal.timeout(4_000) }).catch(
  () => undefined,
)
process.exit(answer?.ok === true ? 0 : 1)
