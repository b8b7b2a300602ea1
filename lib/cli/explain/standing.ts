import { placeOf, rulesAt, type WantedPlace } from '../../capture/found-rules.js'
import { type KernelRules, kernelRules } from '../../capture/kernel-rules.js'
import type { Host } from '../../host/host.js'
import { listeningPorts } from '../../host/listening-ports.js'
import { endpointText } from '../../model/endpoint.js'
import { familyOf, type IpAddress } from '../../model/ip-address.js'
import { explanationText } from './explanation-text.js'
import { type Finding, problem } from './finding.js'
import { ruleFindings } from './rule-findings.js'
import type { Target } from './target.js'

export interface StandingQuestion {
  readonly host: Host
  readonly addresses: readonly IpAddress[]
  readonly isLocal: boolean
  readonly namespace: string | undefined
}

const start = 'start it: sudo kube-portal run (with systemd: systemctl start kube-portal)'

/** Where rules of a run that is over still lead clients to, of what is asked for. */
const placeIn = (
  target: Target,
  { saved = '' }: KernelRules,
  question: StandingQuestion,
): WantedPlace | undefined => {
  if (target.kind === 'place') return { ...target, isNodePort: question.addresses.includes(target.address) }
  const { namespace } = question
  const isMeant = (comment: string): boolean => {
    const [, own, name, portName = ''] = /^([^/]+)\/([^:]+)(?::(.*))?$/.exec(comment) ?? []
    const isOfPort = target.port === undefined || target.port === portName
    return name === target.name && (namespace ?? own) === own && isOfPort
  }
  return placeOf(saved, isMeant)
}

const findingsAt = async (
  place: WantedPlace,
  kernel: readonly KernelRules[],
  question: StandingQuestion,
): Promise<readonly Finding[]> => {
  const rules = kernel.flatMap(({ saved = '' }) => rulesAt(saved, place)).filter(each => each.isOurs)
  const localPort = rules.find(each => each.port !== undefined)?.port
  const listening =
    place.protocol === 'SCTP' ? undefined : await listeningPorts(question.host, place.protocol)
  if (localPort === undefined)
    return [
      problem(
        'service',
        `kube-portal does not run, and no rule of its leads ${endpointText(place)} anywhere`,
        start,
      ),
    ]
  const found = ruleFindings({ place, isLocal: question.isLocal, localPort, reason: undefined, kernel })
  if (listening?.has(localPort))
    return [
      ...found,
      problem(
        'listener',
        `somebody listens on local port ${localPort}, but no kube-portal answers questions`,
        'if it runs with --state-dir, give the same folder here; else see who that is: ss -ltnp',
      ),
    ]
  const text = `kube-portal does not run; rules of its last run still lead clients to local port ${localPort}, where nobody listens: they are refused`
  return [...found, problem('listener', text, `${start}; or take its rules out: sudo kube-portal cleanup`)]
}

/** What can be said while no kube-portal runs: whether rules of its last run still stand, and what they do. */
export const explainStanding = async (target: Target, question: StandingQuestion): Promise<string> => {
  const family = target.kind === 'place' ? familyOf(target.address) : 'IPv4'
  const kernel = await kernelRules(question.host, family)
  const place = kernel.map(each => placeIn(target, each, question)).find(each => each !== undefined)
  const subject = target.kind === 'place' ? endpointText(target) : `svc/${target.name}`
  const findings = place
    ? await findingsAt(place, kernel, question)
    : [problem('service', 'kube-portal does not run, and no rule of its names the Service', start)]
  return explanationText({ subject, findings })
}
