import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'

/** What Prometheus' own tool says to these arguments, in lines; nothing where it has nothing to complain about. */
export const complaints = async (args: readonly string[], input = ''): Promise<readonly string[]> => {
  const { code, stdout, stderr } = await machine.run('promtool', args, { timeout: seconds(30), input })
  return code === 0 ? [] : `${stdout}${stderr}`.trim().split('\n')
}
