import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'

/** A service of this machine that takes longer for so small a question does not answer now. */
const answerWithinMs = 3_000

/** Whether a SQL server greets on the port: it speaks first, so a process that only listens does not pass. */
export function sqlGreets(port: number, withinMs = answerWithinMs): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const done = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(withinMs, () => done(false))
    socket.once('error', () => done(false))
    socket.once('close', () => done(false))
    socket.once('data', () => done(true))
  })
}

/** Whether a gRPC server on the port says that `service` is in service, by gRPC's own health protocol. */
export function grpcServes(port: number, service: string, withinMs = answerWithinMs): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`)
    const timer = setTimeout(() => done(false), withinMs)
    const done = (answer: boolean): void => {
      clearTimeout(timer)
      session.destroy()
      resolve(answer)
    }
    session.once('error', () => done(false))
    session.once('close', () => done(false))
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const answer: Buffer[] = []
    stream.on('data', (chunk: Buffer) => answer.push(chunk))
    stream.once('error', () => done(false))
    stream.once('end', () => done(Buffer.concat(answer).equals(serving)))
    stream.end(framed(protobufString(1, service)))
  })
}

/** `HealthCheckResponse{status: SERVING}` in its frame. */
const serving = framed(Buffer.from([0x08, 0x01]))

/** A gRPC message: not compressed, then its length. */
function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** A short string field of a protobuf message. */
function protobufString(field: number, text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([(field << 3) | 2, bytes.length]), bytes])
}
