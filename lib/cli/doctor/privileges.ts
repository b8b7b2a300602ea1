import { checkPrivileges } from '../../host/privileges.js'
import { Failure } from '../../model/failure.js'
import { type Check, well, wrong } from './finding.js'

const what = 'privileges'

const cure = 'run it with sudo, or with these capabilities (AmbientCapabilities= in a systemd unit)'

/** Whether who asks could run it. */
export const privileges: Check = async ({ host }) => {
  try {
    await checkPrivileges(host, cure)
    return [well(what, 'rules may be written by this user')]
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [wrong(what, `${error.message}; without it, rules cannot be looked at either`, error.cure)]
  }
}
