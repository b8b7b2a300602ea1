import { seconds } from '../model/milliseconds.js'
import type { Report } from '../model/event.js'
import { wholeText } from './body.js'
import type { Mirror } from './mirror.js'
import type { Transport } from './transport.js'

export interface EmptyNamespacesOptions {
  readonly transport: Transport
  readonly report: Report
}

/** Whether there is a namespace of that name, as far as we may know: the right to see it is another one. */
const thereIs = async (
  namespace: string,
  { transport, signal }: { readonly transport: Transport; readonly signal: AbortSignal },
): Promise<'none' | 'maybe'> => {
  try {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}`
    const { status, body } = await transport.get(path, { signal, quiet: seconds(40) })
    // Only to its end: that frees the connection.
    await wholeText(body)
    return status === 404 ? 'none' : 'maybe'
  } catch {
    return 'maybe'
  }
}

/**
 * Reports each namespace that was listed without a Service, which is how one that does not exist looks: its name may be
 * mistyped. Never rejects.
 */
export const reportEmptyNamespaces = async (
  services: readonly Pick<Mirror<unknown>, 'kind' | 'values'>[],
  { transport, report, signal }: EmptyNamespacesOptions & { readonly signal: AbortSignal },
): Promise<void> => {
  await Promise.all(
    services.map(async ({ kind: { namespace }, values }) => {
      if (namespace === undefined || values.size > 0) return
      report({ type: 'namespace-empty', namespace, there: await thereIs(namespace, { transport, signal }) })
    }),
  )
}
