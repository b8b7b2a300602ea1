import { type Endpoint, endpointText } from '../../model/endpoint.js'
import { type Finding, note, problem } from './finding.js'

export interface Uncaptured {
  readonly capture: string
  /** Where the Service port is instead, as people write it. */
  readonly places: readonly string[]
}

/** Whether clients come to kube-portal at `place`, though nobody is led there: it listens at that very address. */
export const isListenedAt = (place: Endpoint, places: readonly string[]): boolean =>
  places.includes(endpointText(place))

/** How clients of `place` come here where `--capture` leads nobody. */
export const uncapturedFinding = (place: Endpoint, { capture, places }: Uncaptured): Finding => {
  const nobody = `--capture ${capture} leads nobody`
  if (isListenedAt(place, places)) return note('rule', `there is none: ${nobody} here`)
  const proxy = capture === 'socks' ? ['have the SOCKS5 proxy connect to it'] : []
  const fixes = [...proxy, ...places.map(each => `connect to ${each}`), 'run kube-portal with sudo']
  return problem('rule', `${nobody} from ${endpointText(place)} to kube-portal`, fixes.join(', or '))
}
