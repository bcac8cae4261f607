import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import fastifyWebsocket from '@fastify/websocket'
import { LogController, fastify } from 'fastify'
import type { FastifyInstance } from 'fastify'
import { maxHostMessage } from '../model/schema/host-stream.ts'
import type { ApiDeps } from './api-deps.ts'
import { compression } from './compression.ts'
import { confirmWith } from './confirm.ts'
import { consoleFiles } from './console-files.ts'
import { EventStreams } from './event-streams.ts'
import type { EventStreamLimits } from './event-streams.ts'
import { gate } from './gate.ts'
import { describeRoutes } from './openapi.ts'
import { missingAt } from './missing-surface.ts'
import { answerProblem, bodyLimit } from './problem.ts'
import { routes } from './routes.ts'
import { SignIn } from './sign-in.ts'
import { temporalUi } from './temporal-ui.ts'
import { dropDeadSockets, endSockets } from './web-sockets.ts'

/** Facts of security, 2.3. Styles may be inline because the terminal builds style elements. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    connectSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    manifestSrc: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    objectSrc: ["'none'"],
  },
}

/**
 * The HTTP API, its streams and the built console. It listens when the caller says so (`listen`); `close` ends every
 * stream and leaves the deps open.
 */
export async function createApi(deps: ApiDeps, limits: Partial<EventStreamLimits> = {}): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    exposeHeadRoutes: false,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 2048 },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
    frameworkErrors: (error, request, reply) => void answerProblem(error, request, reply),
  })
  const signIn = await SignIn.open(deps)
  const streams = new EventStreams(deps.store, limits, deps)

  app.removeContentTypeParser('text/plain')
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  app.setErrorHandler(answerProblem)
  await app.register(fastifyHelmet, {
    contentSecurityPolicy,
    strictTransportSecurity: false,
    crossOriginResourcePolicy: { policy: 'same-origin' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
  })
  await app.register(fastifyCookie)
  await compression(app)
  await app.register(fastifyWebsocket, {
    options: { maxPayload: maxHostMessage, perMessageDeflate: false },
    errorHandler: (error, socket) => {
      app.log.warn({ err: error }, 'a WebSocket failed')
      socket.terminate()
    },
    preClose: (done) => {
      endSockets(app.websocketServer)
      done()
    },
  })
  app.addHook('preClose', async () => {
    streams.close()
    signIn.close()
  })
  dropDeadSockets(app.websocketServer)
  gate(app, { origins: deps.origins, signIn })
  await describeRoutes(app)
  await routes(app, { deps, confirm: confirmWith(deps), streams, signIn })
  await temporalUi(app, { ui: deps.temporalUi, origins: deps.origins, store: deps.store })
  await consoleFiles(app, deps.webFolder, (path) => missingAt(deps.mode.profile(), path))
  return app
}
