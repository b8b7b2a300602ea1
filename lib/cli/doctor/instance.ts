import { type Check, unwise, well } from './finding.js'

/** Whether kube-portal runs in this network namespace. */
export const instance: Check = ({ running, beside }) => {
  const process = running ?? beside
  return Promise.resolve([
    process === undefined
      ? unwise('kube-portal', 'does not run here', 'kube-portal run')
      : well('kube-portal', process === 'unknown' ? 'runs here' : `runs here, as process ${process}`),
  ])
}
