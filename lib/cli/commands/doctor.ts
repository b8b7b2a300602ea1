import type { Command } from 'commander'
import type { Ending } from '../ending.js'
import { exitCodeHelp } from '../exit-code.js'
import { type DoctorOptions, withDoctorOptions } from '../options/doctor.js'

export const withDoctor = (root: Command, ending: Ending): void => {
  withDoctorOptions(
    root.command('doctor').description('say what is in the way of kube-portal here, and what to do'),
  )
    .addHelpText('after', exitCodeHelp)
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('../doctor/doctor.js')
      ending.code = await doctor(options)
    })
}
