import { mkdirSync } from 'node:fs'
import { machine } from '../../lib/host/machine.js'
import { succeed } from '../../lib/sandbox/network/command.js'

/** In a namespace: a disk of its own, with these options (`ro`, `size=32k`). Resolves with its folder. */
export const disk = async (name: string, options: string): Promise<string> => {
  const folder = `/run/disks/${name}`
  mkdirSync(folder, { recursive: true })
  await succeed(machine, ['mount', '-t', 'tmpfs', '-o', options, 'tmpfs', folder])
  return folder
}

/** Gives the disk other options. What is on it stays. */
export const remount = (folder: string, options: string): Promise<void> =>
  succeed(machine, ['mount', '-o', `remount,${options}`, folder])

/** Arguments for a run that has its state there, and looks often whether it can be saved. */
export const stateIn = (folder: string): readonly string[] => [
  ...['--state-dir', folder, '--iptables-sync-period', '500ms'],
]
