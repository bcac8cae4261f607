import { setTimeout as sleep } from 'node:timers/promises'
import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  isGrpcServiceError,
  makeGrpcRetryInterceptor,
} from '@temporalio/client'
import type { PayloadCodec } from '@temporalio/common'
import { msToTs } from '@temporalio/common/lib/time.js'
import { closedChannel } from './closed-channel.ts'
import { searchAttributes } from './search-attributes.ts'

export interface TemporalAddress {
  /** `host:port` of the frontend. */
  readonly address: string
  readonly namespace: string
  /** Gemba runs the server itself, so that everything of its namespace is Gemba's to set. */
  readonly embedded?: boolean
  /** Seals what travels; absent only in tests. */
  readonly codec?: PayloadCodec
}

/** `temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD`; the SDK exports no name for it. */
const indexedValueTypeKeyword = 2

/** How long closed workflows are kept: the record of decision is in Beads and the store before they close. */
const retentionMs = 30 * 86_400_000

/** The retries that the SDK makes by itself, safe against a connection that is closed between two of them. */
const interceptors = [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), closedChannel]

/** `google.rpc.Code.NOT_FOUND`. */
const notFound = 5

/** Names the namespaces that Gemba registered. */
const registeredBy = { 'registered-by': 'gemba' }

/**
 * Connects, however long it takes; makes the namespace and its search attributes what Gemba needs. Repeat-safe.
 * `onRetry` hears why each try failed; nothing of a failed try stays open.
 */
export async function connectTemporal(
  where: TemporalAddress,
  signal: AbortSignal,
  onRetry: (why: unknown) => void = () => undefined,
): Promise<{ client: Client; connection: Connection }> {
  for (let wait = 50; ; wait = Math.min(wait * 2, 2_000)) {
    const connection = Connection.lazy({ address: where.address, connectTimeout: 3_000, interceptors })
    try {
      await connection.ensureConnected()
      await prepareNamespace(connection, where)
      return { connection, client: new Client({ connection, namespace: where.namespace, ...sealedBy(where) }) }
    } catch (error) {
      await connection.close()
      if (signal.aborted) throw error
      onRetry(error)
      await sleep(wait, undefined, { signal })
    }
  }
}

/**
 * Registers the namespace when there is none, and adds the search attributes that it lacks. How long workflows are kept
 * is set only in Gemba's own namespaces. Repeat-safe.
 */
export async function prepareNamespace(
  { workflowService, operatorService }: Pick<Connection, 'workflowService' | 'operatorService'>,
  { namespace, embedded = false }: Pick<TemporalAddress, 'namespace' | 'embedded'>,
): Promise<void> {
  const workflowExecutionRetentionTtl = msToTs(retentionMs)
  const described = await workflowService.describeNamespace({ namespace }).catch((error: unknown) => {
    if (isGrpcServiceError(error) && Number(error.code) === notFound) return undefined
    throw error
  })
  if (described === undefined) {
    const data = registeredBy
    await workflowService.registerNamespace({
      namespace,
      data,
      workflowExecutionRetentionPeriod: workflowExecutionRetentionTtl,
    })
  } else if (embedded || described.namespaceInfo?.data?.['registered-by'] === registeredBy['registered-by']) {
    const kept = Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1000
    if (kept < retentionMs)
      await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } })
  }
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace })
  const missing = Object.values(searchAttributes).filter((key) => !(key.name in (customAttributes ?? {})))
  if (missing.length === 0) return
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map((key) => [key.name, indexedValueTypeKeyword])),
  })
}

/** The options of a client or a worker that seal its payloads. */
export function sealedBy({ codec }: TemporalAddress): { dataConverter?: { payloadCodecs: PayloadCodec[] } } {
  return codec === undefined ? {} : { dataConverter: { payloadCodecs: [codec] } }
}
