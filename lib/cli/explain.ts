import { kernelRules } from '../capture/kernel-rules.js'
import { choiceIn } from '../control/choice.js'
import type { PortStatus } from '../control/status.js'
import { localAddresses } from '../host/local-addresses.js'
import type { Platform } from '../host/host.js'
import { machine } from '../host/machine.js'
import { routeTo } from '../host/route.js'
import { type Endpoint, endpointText } from '../model/endpoint.js'
import { Failure } from '../model/failure.js'
import { familyOf, type IpAddress } from '../model/ip-address.js'
import { ownServiceKey } from '../watch/translation/own-service.js'
import { asked } from './asked.js'
import { exitCode } from './exit-code.js'
import { choiceFindings } from './explain/choice-findings.js'
import { explanationText, firstProblem } from './explain/explanation-text.js'
import { type Finding, note, problem, well } from './explain/finding.js'
import { listenerFindings } from './explain/listener-findings.js'
import { portalFindings } from './explain/portal-findings.js'
import { forwarded, reachFindings } from './explain/reach-findings.js'
import { ruleFindings } from './explain/rule-findings.js'
import { serviceFindings, wholeFindings } from './explain/service-findings.js'
import { explainStanding } from './explain/standing.js'
import { type Subject, subjectOf } from './explain/subject.js'
import { type Target, target as readTarget } from './explain/target.js'
import { isListenedAt, uncapturedFinding } from './explain/uncaptured.js'
import type { ExplainOptions } from './options/explain.js'
import { realClock as clock } from './real-clock.js'
import { wholeStatus } from './status.js'
import { leadsHere, placesOf } from './status/places.js'
import type { Status } from './status/printed.js'

/** So many endpoints are dialled: the one that is next, and some that could be. */
const mostDialled = 3

interface Question {
  readonly subject: Subject & { readonly port: PortStatus }
  readonly status: Status
  readonly options: ExplainOptions
  readonly isLocal: boolean
}

const wayTo: Readonly<Record<Platform, string>> = {
  linux: 'add a default route, or one to the cluster IPs: ip route add default via GATEWAY',
  darwin: 'if it runs, kube-portal gives lo0 the address within 10 s; see its log for why not',
}

const routeFindings = async (address: IpAddress, isLocal: boolean): Promise<readonly Finding[]> => {
  const route = await routeTo(machine, address)
  if (route.kind === 'unknown') return [note('route', route.reason)]
  if (route.kind !== 'none') return [well('route', route.text)]
  const text = `no route to ${address}: ${route.reason}: the kernel gives up before nat is asked`
  return isLocal
    ? [problem('route', text, wayTo[machine.platform])]
    : [note('route', `${text}, for clients of this machine`)]
}

/** How clients are led from the place to the listener. */
const leadFindings = async ({ subject, status, isLocal }: Question): Promise<readonly Finding[]> => {
  const { place, port } = subject
  const { capture } = status.instance
  if (!place) return []
  const [reason] = port.unprogrammed
  const listener = listenerFindings({
    host: machine,
    protocol: place.protocol,
    localPort: port.localPort,
    reason,
  })
  if (!leadsHere(status.instance))
    return [
      uncapturedFinding(place, { capture, places: placesOf(port, status.instance) }),
      ...(await listener),
    ]
  const route = await routeFindings(place.address, isLocal)
  if (capture === 'bind')
    return [...route, note('rule', 'there is none: --capture bind listens at the address itself')]
  const kernel = await kernelRules(machine, familyOf(place.address))
  const rules = ruleFindings({ place, isLocal, localPort: port.localPort, reason, kernel })
  return [...route, ...rules, ...(await listener)]
}

const endpointOf = (text: string): Endpoint | undefined => {
  const read = readTarget(text)
  return read.kind === 'place' ? { address: read.address, port: read.port } : undefined
}

/** Who serves, and whether that can be reached. */
const serverFindings = async ({ subject, status, options }: Question): Promise<readonly Finding[]> => {
  const { service, port } = subject
  const asking = new URLSearchParams({ servicePort: port.id, ...(options.from && { client: options.from }) })
  for await (const value of asked(`/choice?${asking.toString()}`, options)) {
    const choice = choiceIn(value)
    const { isNode, reach } = status.instance
    const found = choiceFindings({
      ...{ service, port, choice, from: options.from, addresses: localAddresses() },
      isLaptop: isNode === false,
    })
    const serving = choice.endpoints.filter(each => each.leftOut === undefined).map(each => each.endpoint)
    const first = choice.pin?.endpoint ?? choice.next
    const dialled = [...new Set([...(first === undefined ? [] : [first]), ...serving])].slice(0, mostDialled)
    if (reach === 'portforward') return [...found, forwarded]
    const protocol = port.protocol === 'UDP' ? 'UDP' : 'TCP'
    // Where the kubeconfig has the API server, loopback too is right: nothing else can have put it there.
    const loopback = `${service.namespace}/${service.name}` === ownServiceKey ? 'allowed' : 'never'
    const reached = await Promise.all(
      dialled
        .flatMap(each => endpointOf(each) ?? [])
        .map(endpoint => reachFindings(endpoint, { host: machine, clock, protocol, loopback })),
    )
    return [...found, ...reached.flat()]
  }
  return []
}

const portalOf = async ({ subject, status, options }: Question): Promise<readonly Finding[]> => {
  const { place, port, service } = subject
  if (!place || port.endpoints.ready === 0) return []
  // What is not led here goes to whoever has that address.
  if (!leadsHere(status.instance) && !isListenedAt(place, placesOf(port, status.instance))) return []
  return portalFindings({
    place,
    service: `${service.namespace}/${service.name}`,
    options,
    clock,
    platform: machine.platform,
  })
}

const subjectText = ({ service, port, place }: Subject, { from }: ExplainOptions): string => {
  const name = `${service.namespace}/${service.name}${port && port.port !== '' ? `:${port.port}` : ''}`
  const where = place ? ` at ${endpointText(place)}/${place.protocol}` : ''
  return `${name}${where}, for ${from === undefined ? 'a client on this machine' : `the client ${from}`}`
}

const findingsOf = async (
  subject: Subject,
  question: Omit<Question, 'subject'>,
): Promise<readonly Finding[]> => {
  const { port } = subject
  const own = serviceFindings(subject.service, port)
  const whole = wholeFindings(question.status.instance)
  if (!port) return [...own, ...whole]
  const full = { ...question, subject: { ...subject, port } }
  const lead = await leadFindings(full)
  const server = await serverFindings(full)
  return [...own, ...lead, ...server, ...(await portalOf(full)), ...whole]
}

/** `kube-portal explain`: goes a client's way and says what is in it. Resolves with the exit code. */
export const explain = async (target: Target, options: ExplainOptions): Promise<number> => {
  const addresses = localAddresses()
  const { namespace, from } = options
  const isLocal = from === undefined || addresses.includes(from)
  let status: Status
  try {
    status = await wholeStatus(options)
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'not-running') throw error
    process.stdout.write(await explainStanding(target, { host: machine, addresses, isLocal, namespace }))
    return exitCode['not-running']
  }
  const subject = subjectOf(target, {
    ...{ services: status.services, namespace, addresses },
    capture: status.instance.capture,
  })
  const findings = await findingsOf(subject, { status, options, isLocal })
  process.stdout.write(explanationText({ subject: subjectText(subject, options), findings }))
  return firstProblem(findings) ? exitCode.failed : exitCode.well
}
