import { routeIn } from '../../host/darwin/route.js'
import { checkPrivileges } from '../../host/privileges.js'
import { Failure } from '../../model/failure.js'
import { seconds } from '../../model/milliseconds.js'
import { type Check, unwise, well } from './finding.js'

/** How clients can be led here at all. */
export const captures: Check = () =>
  Promise.resolve([
    well('capture', 'bind, by addresses on lo0; redirect and dnat are not looked at: macOS has no iptables'),
  ])

/** Whether who asks could run it with `--capture bind`. Without that it is less, but nothing is wrong. */
export const rootAlone: Check = async ({ host }) => {
  const what = 'privileges'
  try {
    await checkPrivileges(host, 'run it with sudo; --capture socks and none need no privilege')
    return [well(what, 'lo0 may be given addresses by this user')]
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [unwise(what, error.message, error.cure)]
  }
}

/** Whether there is a way to the API server, wherever it is: addresses of lo0 need none. */
export const darwinDefaultRoute: Check = async ({ host }) => {
  const what = 'default route'
  const { stdout, stderr } = await host.run('route', ['-n', 'get', 'default'], { timeout: seconds(5) })
  const route = routeIn(stdout, stderr)
  if (route.kind !== 'none') return [well(what, route.text)]
  return [unwise(what, `there is none: ${route.reason}`, 'nothing, where the cluster runs on this machine')]
}
