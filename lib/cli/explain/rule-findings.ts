import { type FoundRule, rulesAt, type WantedPlace } from '../../capture/found-rules.js'
import type { KernelRules } from '../../capture/kernel-rules.js'
import type { Reference } from '../../capture/ruleset.js'
import { savedRules } from '../../capture/saved.js'
import { endpointText } from '../../model/endpoint.js'
import { type Finding, note, problem, well } from './finding.js'

export interface RuleQuestion {
  readonly place: WantedPlace
  /** Of a client on this machine: its packets go another way than others'. */
  readonly isLocal: boolean
  /** Where its rule is to lead to; undefined: nobody can tell. */
  readonly localPort: number | undefined
  /** Why there is none, as far as kube-portal knows. */
  readonly reason: string | undefined
  /** The kinds of iptables that there are. */
  readonly kernel: readonly KernelRules[]
}

const flushed =
  'kube-portal puts it right within 10 s, if it runs; if that comes again, end what flushes rules: a firewall that is reloaded?'

const isHeld = ({ saved }: KernelRules): boolean => {
  const { nat, filter } = savedRules(saved ?? '')
  return nat.chains.size + filter.chains.size > 0
}

/** Ours, where they come from their hook. */
const entranceOf = (saved: string, { place, isLocal }: RuleQuestion): Reference | undefined => {
  const hook = isLocal ? 'OUTPUT' : 'PREROUTING'
  const chain = place.isNodePort ? 'KUBE-NODEPORT-' : 'KUBE-PORTALS-'
  return savedRules(saved).nat.references.find(
    ({ from, rule }) => from === hook && rule.includes(`-j ${chain}`),
  )
}

const counted = ({ packets }: FoundRule): string =>
  `${packets} ${packets === 1 ? 'client' : 'clients'} so far`

const entranceFindings = (saved: string, question: RuleQuestion): readonly Finding[] => {
  const { place, isLocal } = question
  const hook = isLocal ? 'OUTPUT' : 'PREROUTING'
  const entrance = entranceOf(saved, question)
  if (!entrance)
    return [problem('rule', `no jump leads from nat ${hook} to our rules: somebody took it out`, flushed)]
  // Those for node ports may come anywhere.
  if (place.isNodePort || entrance.behind === undefined || entrance.place === 1) return []
  return [note('rule', `in nat ${hook}, another program's rule comes before ours: ${entrance.behind}`)]
}

const ownFindings = (rules: readonly FoundRule[], question: RuleQuestion): readonly Finding[] => {
  const { place, localPort, reason } = question
  const where = endpointText(place)
  const [refusing] = rules.filter(({ table }) => table === 'filter')
  const leading = rules.filter(({ table, port }) => table === 'nat' && port !== undefined)
  const [rule] = leading.filter(({ chain }) => !isOther(chain, question)).concat(leading)
  if (rule) {
    const text = `nat ${rule.chain} leads ${where} to local port ${rule.port ?? ''} (${rule.target}), ${counted(rule)}`
    if (localPort === undefined || rule.port === localPort) return [well('rule', text)]
    return [problem('rule', `${text}, but kube-portal listens on port ${localPort}`, flushed)]
  }
  if (refusing)
    return [
      note('rule', `filter ${refusing.chain} says ${refusing.target} to ${where}, ${counted(refusing)}`),
    ]
  return [problem('rule', `no rule names ${where}${reason === undefined ? '' : `: ${reason}`}`, flushed)]
}

/** Rules may be there twice: for clients of this machine and for others. */
const isOther = (chain: string, { isLocal }: RuleQuestion): boolean =>
  isLocal ? chain.endsWith('-CONTAINER') : chain.endsWith('-HOST')

const otherFindings = (
  rules: readonly FoundRule[],
  question: RuleQuestion,
  saved: string,
): readonly Finding[] => {
  const [rule] = rules.filter(each => !each.isOurs && each.table === 'nat')
  if (!rule) return []
  const whose = rule.chain.startsWith('KUBE-') ? "kube-proxy's" : "another program's"
  const text = `${whose} rule leads ${endpointText(question.place)} away, too: nat ${rule.chain} to ${rule.target}`
  const entrance = entranceOf(saved, question)
  if (entrance && (entrance.place === 1 || entrance.behind === undefined))
    return [note('rule', `${text}; ours comes first`)]
  return [
    problem(
      'rule',
      text,
      'stop it, and take its rules out (kube-proxy --cleanup), or run kube-portal with --force',
    ),
  ]
}

/** What the kernel's rules do with packets for the place. */
export const ruleFindings = (question: RuleQuestion): readonly Finding[] => {
  const { kernel, place } = question
  if (kernel.length === 0)
    return [problem('rule', 'there is no iptables here', 'install the package iptables')]
  if (kernel.every(({ saved }) => saved === undefined))
    return [note('rule', 'not looked at: that takes root (sudo)')]
  const held = kernel.find(isHeld)
  if (!held) {
    const others = kernel.flatMap(({ saved = '' }) => otherFindings(rulesAt(saved, place), question, saved))
    return [...others, problem('rule', 'none of our rules is in force', flushed)]
  }
  const { saved = '' } = held
  const rules = rulesAt(saved, place)
  return [
    ...entranceFindings(saved, question),
    ...ownFindings(
      rules.filter(each => each.isOurs),
      question,
    ),
    ...otherFindings(rules, question, saved),
  ]
}
