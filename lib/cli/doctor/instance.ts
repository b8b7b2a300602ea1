import { type Check, unwise, well } from './finding.js'

/** Whether kube-portal runs in this network namespace. */
export const instance: Check = ({ running }) =>
  Promise.resolve([
    running === undefined
      ? unwise('kube-portal', 'does not run here', 'kube-portal run')
      : well('kube-portal', running === 'unknown' ? 'runs here' : `runs here, as process ${running}`),
  ])
