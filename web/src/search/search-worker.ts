/** The search index in a thread of its own: looking through ten thousand texts never holds the page up. */
import type { SearchAnswer, SearchRequest } from './search-index.ts'
import { SearchIndex } from './search-index.ts'

const index = new SearchIndex()

addEventListener('message', ({ data }: MessageEvent<SearchRequest>) => {
  if (data.kind === 'put') {
    if (data.anew) index.clear()
    index.put(data.entries)
    return
  }
  const answer: SearchAnswer = { ask: data.ask, found: index.find(data.words) }
  postMessage(answer, { transfer: [answer.found.buffer] })
})
