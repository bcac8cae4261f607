import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GembaError } from '../model/error.ts'
import { isApiPath } from './api-path.ts'
import { answerProblem } from './problem.ts'

/** The built console: hashed assets for good, everything else looked up each time, pages by the single `index.html`. */
export async function consoleFiles(
  app: FastifyInstance,
  folder: string | null,
  /** What is told instead of that there is nothing at the path. */
  missing: (path: string) => GembaError | undefined,
): Promise<void> {
  if (folder !== null) {
    await app.register(fastifyStatic, {
      root: folder,
      dotfiles: 'ignore',
      cacheControl: false,
      setHeaders: (reply, path) => {
        const hashed = path.slice(folder.length).replaceAll('\\', '/').startsWith('/assets/')
        reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    if (folder !== null && isPage(request)) return reply.sendFile('index.html')
    const path = request.url.split('?', 1)[0]?.slice(0, 200) ?? ''
    return answerProblem(missing(path) ?? new GembaError('not_found', { path }), request, reply)
  })
}

function isPage(request: FastifyRequest): boolean {
  const { method, url, headers } = request
  return method === 'GET' && !isApiPath(url) && (headers.accept?.includes('text/html') ?? false)
}
