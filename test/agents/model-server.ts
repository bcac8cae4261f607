import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/** What the scripted model says in one turn: text, and tools that it asks to use; a turn without one ends the work. */
export interface ModelTurn {
  readonly text?: string
  /** Shell commands. */
  readonly bash?: readonly string[]
  readonly tools?: readonly ToolUse[]
}

export interface ToolUse {
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
}

/** A turn as it is written down; a function when it depends on what the model was told. */
export type ScriptedTurn = ModelTurn | ((request: ModelRequest) => ModelTurn)

interface Block {
  readonly type: string
  readonly text?: string
  readonly tool_use_id?: string
  readonly content?: string | readonly Block[]
  readonly is_error?: boolean
}

/** A request to the model, as far as the tests look at it. */
export interface ModelRequest {
  readonly model: string
  readonly messages: readonly {
    readonly role: 'user' | 'assistant' | 'system'
    readonly content: string | readonly Block[]
  }[]
  readonly tools?: readonly { readonly name: string }[]
  readonly stream?: boolean
}

/** Tokens that every turn claims to have cost; the agent's transcript repeats them. */
export const turnUsage = { input_tokens: 1_000, output_tokens: 50 } as const

/**
 * A model of Anthropic's Messages API on loopback that says what a test has written down (facts/agents.md). Turns are
 * given one after the other to requests that bring the shell as a tool; a request sent twice gets the same turn again,
 * requests of other kinds (titles, summaries) a word.
 */
export class ModelServer {
  readonly #server: Server
  readonly #answers = new Map<string, ModelTurn>()
  #turns: ScriptedTurn[] = []
  #conversation: ModelRequest[] = []

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<ModelServer> {
    const server = createServer()
    const model = new ModelServer(server)
    server.on('request', (request, response) => {
      model.#serve(request, response).catch((error: unknown) => response.destroy(error as Error))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return model
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the model server does not listen')
    return `http://127.0.0.1:${address.port}`
  }

  /** Requests of the conversation since the last `play`. */
  get conversation(): readonly ModelRequest[] {
    return this.#conversation
  }

  /** Puts new turns in the place of all earlier ones. */
  play(...turns: readonly ScriptedTurn[]): void {
    this.#turns = [...turns]
    this.#conversation = []
    this.#answers.clear()
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const body = await bodyOf(request)
    if (request.method === 'POST' && path === '/v1/messages/count_tokens') return json(response, { input_tokens: 100 })
    if (request.method === 'POST' && path === '/v1/messages') {
      const asked = JSON.parse(body) as ModelRequest
      const turn = this.#turnFor(asked)
      return asked.stream === true ? stream(response, asked, turn) : json(response, messageOf(asked, turn))
    }
    response.writeHead(request.method === 'HEAD' ? 200 : 404).end()
  }

  #turnFor(request: ModelRequest): ModelTurn {
    if (request.tools?.some((tool) => tool.name === 'Bash') !== true) return { text: 'A task' }
    const key = createHash('sha256').update(JSON.stringify(request.messages)).digest('hex')
    const before = this.#answers.get(key)
    if (before !== undefined) return before
    const next = this.#turns.shift() ?? { text: 'Nothing is left to do.' }
    const turn = typeof next === 'function' ? next(request) : next
    this.#answers.set(key, turn)
    this.#conversation.push(request)
    return turn
  }
}

/** The texts of a request's messages, tool results included. */
export function textsOf(request: ModelRequest): string[] {
  const texts = (content: string | readonly Block[]): string[] =>
    typeof content === 'string'
      ? [content]
      : content.flatMap((block) => [...(block.text === undefined ? [] : [block.text]), ...texts(block.content ?? [])])
  return request.messages.flatMap((message) => texts(message.content))
}

let count = 0

function newId(kind: string): string {
  return `${kind}_${String((count += 1)).padStart(8, '0')}`
}

function blocksOf(turn: ModelTurn): Record<string, unknown>[] {
  const text = turn.text === undefined ? [] : [{ type: 'text', text: turn.text }]
  const shell = (turn.bash ?? []).map((command) => ({ name: 'Bash', input: { command, description: 'A step' } }))
  const tools = [...shell, ...(turn.tools ?? [])].map((tool) => ({ type: 'tool_use', id: newId('toolu'), ...tool }))
  return [...text, ...tools]
}

function messageOf(request: ModelRequest, turn: ModelTurn): Record<string, unknown> {
  const content = blocksOf(turn)
  return {
    id: newId('msg'),
    type: 'message',
    role: 'assistant',
    model: request.model,
    content,
    stop_reason: content.some((block) => block['type'] === 'tool_use') ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: turnUsage,
  }
}

function stream(response: ServerResponse, request: ModelRequest, turn: ModelTurn): void {
  const { content, stop_reason, ...message } = messageOf(request, turn)
  const send = (type: string, data: object): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  send('message_start', { message: { ...message, content: [], stop_reason: null } })
  for (const [index, block] of (content as Record<string, unknown>[]).entries()) {
    const isText = block['type'] === 'text'
    send('content_block_start', { index, content_block: isText ? { ...block, text: '' } : { ...block, input: {} } })
    const delta = isText
      ? { type: 'text_delta', text: block['text'] }
      : { type: 'input_json_delta', partial_json: JSON.stringify(block['input']) }
    send('content_block_delta', { index, delta })
    send('content_block_stop', { index })
  }
  send('message_delta', { delta: { stop_reason, stop_sequence: null }, usage: turnUsage })
  send('message_stop', {})
  response.end()
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
