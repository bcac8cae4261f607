/** The layout of the graph in a thread of its own: a hundred nodes take long enough to be felt. */
import type { LayoutRequest } from './layout.ts'
import { layOut } from './layout.ts'

addEventListener('message', ({ data }: MessageEvent<LayoutRequest>) => postMessage(layOut(data)))
