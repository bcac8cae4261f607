// Runs before Temporal's own pages, which Gemba shows under /temporal/: what they ask carries this browser's secret, as
// the console's requests do. Who is no longer signed in gets to the sign-in of the console.
{
  const ask = globalThis.fetch
  globalThis.fetch = async (input, options) => {
    const request = new Request(input, options)
    const { origin, pathname } = new URL(request.url)
    if (origin !== location.origin || !pathname.startsWith('/temporal/api/')) return ask(request)
    request.headers.set('x-gemba-browser', localStorage.getItem('gemba.browser') ?? '')
    const answer = await ask(request)
    if (answer.status === 401) location.assign('/')
    return answer
  }
}
