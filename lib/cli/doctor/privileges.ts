import { checkPrivileges } from '../../host/privileges.js'
import { Failure } from '../../model/failure.js'
import { type Check, unwise, well } from './finding.js'

const what = 'privileges'

const cure =
  'none is needed for --capture socks and none; else run it with sudo, or with these capabilities (AmbientCapabilities= in a systemd unit)'

/** Whether who asks could run it with rules. Without that it is less, but nothing is wrong. */
export const privileges: Check = async ({ host }) => {
  try {
    await checkPrivileges(host, cure)
    return [well(what, 'rules may be written by this user')]
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [unwise(what, `${error.message}; without it, rules cannot be looked at either`, error.cure)]
  }
}
