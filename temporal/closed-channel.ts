import { InterceptingCall, Metadata, status, type InterceptingListener, type Interceptor } from '@grpc/grpc-js'

/**
 * Goes inside the interceptor that retries. A call on a closed channel throws; of a retry nobody would catch that, because
 * it comes from a timer, and the process would end. Here it is a call that was cancelled, which is not tried again.
 */
export const closedChannel: Interceptor = (options, nextCall) => {
  try {
    return new InterceptingCall(nextCall(options))
  } catch (error) {
    return new InterceptingCall(cancelled(error instanceof Error ? error.message : String(error)))
  }
}

/** A call that says on its start that it has ended, in the order in which a real one does: message, then status. */
function cancelled(details: string): ConstructorParameters<typeof InterceptingCall>[0] {
  const nothing = (): void => undefined
  return {
    start(_metadata, listener?: Partial<InterceptingListener>) {
      setImmediate(() => {
        listener?.onReceiveMessage?.(null)
        listener?.onReceiveStatus?.({ code: status.CANCELLED, details, metadata: new Metadata() })
      })
    },
    cancelWithStatus: nothing,
    sendMessage: nothing,
    sendMessageWithContext: nothing,
    startRead: nothing,
    halfClose: nothing,
    getPeer: () => '',
    getAuthContext: () => null,
  }
}
