import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import type { PayloadCodec } from '@temporalio/common'
import { msToTs } from '@temporalio/common/lib/time.js'
import { searchAttributes } from './search-attributes.ts'

export interface TemporalAddress {
  /** `host:port` of the frontend. */
  readonly address: string
  readonly namespace: string
  /** Seals what travels; absent only in tests. */
  readonly codec?: PayloadCodec
}

/** `temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD`; the SDK exports no name for it. */
const indexedValueTypeKeyword = 2

/** How long closed workflows are kept: the record of decision is in Beads and the store before they close. */
const retentionMs = 30 * 86_400_000

/** Connects, however long it takes; makes the namespace and its search attributes what Gemba needs. Repeat-safe. */
export async function connectTemporal(
  where: TemporalAddress,
  signal: AbortSignal,
  onRetry: (why: unknown) => void = () => undefined,
): Promise<{ client: Client; connection: Connection }> {
  for (let wait = 50; ; wait = Math.min(wait * 2, 2_000)) {
    try {
      const connection = await Connection.connect({ address: where.address, connectTimeout: 3_000 })
      await prepareNamespace(connection, where.namespace)
      return { connection, client: new Client({ connection, namespace: where.namespace, ...sealedBy(where) }) }
    } catch (error) {
      if (signal.aborted) throw error
      onRetry(error)
      await sleep(wait, undefined, { signal })
    }
  }
}

/** Makes a namespace what Gemba needs. Repeat-safe. */
export async function prepareNamespace(connection: Connection, namespace: string): Promise<void> {
  const { workflowService, operatorService } = connection
  const retention = msToTs(retentionMs)
  const described = await workflowService.describeNamespace({ namespace }).catch(() => undefined)
  if (described === undefined) {
    await workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: retention,
    })
  } else if (Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1000 < retentionMs) {
    await workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: retention },
    })
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
