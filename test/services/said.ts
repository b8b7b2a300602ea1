import { type EventOf, isOf, type PortalProcess } from '../../examples/demo/portal-process.js'
import type { ProxyEvent } from '../../lib/model/event.js'

/** What kube-portal says of a Service that it does not serve, or not all of: the first reason like `reason`, `from` on. */
export const whyNot = async (
  portal: PortalProcess,
  name: string,
  { reason, from = 0 }: { readonly reason: RegExp; readonly from?: number },
): Promise<string> => {
  const isIt = (event: ProxyEvent): event is EventOf<'skipped'> =>
    isOf('skipped')(event) && event.object === `Service default/${name}` && reason.test(event.reason)
  return (await portal.event(`${name} not to be served: ${String(reason)}`, isIt, from)).reason
}

/** The first of `portal-failed` for a service port, `from` on. */
export const portalFailed = (
  portal: PortalProcess,
  servicePort: string,
  from = 0,
): Promise<EventOf<'portal-failed'>> =>
  portal.event(`a portal of ${servicePort} to fail`, isOf('portal-failed', servicePort), from)

/** Resolves when rules with `text` in them have been written, `from` on, and the sync that wrote them is over. */
export const rulesWith = async (portal: PortalProcess, text: string, from: number): Promise<void> => {
  const isIt = (event: ProxyEvent): event is EventOf<'rules-written'> =>
    isOf('rules-written')(event) && event.text.includes(text)
  const written = await portal.event(`rules with ${text}`, isIt, from)
  await portal.synced(portal.events().lastIndexOf(written))
}
