import { runningInstance } from '../../control/instance-lock.js'
import { localAddresses } from '../../host/local-addresses.js'
import { checkPrivileges } from '../../host/privileges.js'
import { machine } from '../../host/machine.js'
import { Failure } from '../../model/failure.js'
import { exitCode } from '../exit-code.js'
import { lockFile } from '../lock-file.js'
import type { DoctorOptions } from '../options/doctor.js'
import { wholeStatus } from '../status.js'
import { diagnose } from './diagnose.js'
import { reportText } from './report-text.js'

const mayReadRules = (): Promise<boolean> =>
  checkPrivileges(machine, '').then(
    () => true,
    () => false,
  )

/** One without the lock, which who asks may ask. */
const beside = async (): Promise<string | undefined> => {
  try {
    const { instance } = await wholeStatus({})
    return `${instance.process}, with --capture ${instance.capture}`
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

/** On a terminal that is narrower than this, lines may as well be broken by it. */
const narrowest = 60

/** `kube-portal doctor`: says what is in the way of kube-portal here, and what to do about it. Resolves with the exit code. */
export const doctor = async ({ output, proxyPortRange }: DoctorOptions): Promise<number> => {
  const running = await runningInstance(lockFile)
  const findings = await diagnose({
    host: machine,
    addresses: localAddresses(),
    localPorts: proxyPortRange,
    mayReadRules: await mayReadRules(),
    running,
    beside: running === undefined ? await beside() : undefined,
  })
  const width = Math.max(narrowest, process.stdout.columns || 80)
  process.stdout.write(
    output === 'json' ? `${JSON.stringify(findings, undefined, 2)}\n` : reportText(findings, width),
  )
  return findings.some(({ state }) => state === 'wrong') ? exitCode.failed : exitCode.well
}
