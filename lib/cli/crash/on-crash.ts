/** What becomes of rules, routes and addresses when the process ends without a stop. */
export type OnCrash = 'keep' | 'undo'

export interface Beginnings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether somebody sits in front of it. */
  readonly onTerminal: boolean
}

/** Set for whom systemd starts, and for whom a kubelet does. */
const bySupervisors = ['INVOCATION_ID', 'NOTIFY_SOCKET', 'KUBERNETES_SERVICE_HOST']

/** Whether a process with these variables was started by somebody who would start it again. */
export const isSupervised = (env: Beginnings['env']): boolean =>
  bySupervisors.some(name => (env[name] ?? '') !== '')

/** What `auto` means: a supervisor starts it again, which then serves on; on a terminal nobody may. */
export const onCrash = (choice: OnCrash | 'auto', { env, onTerminal }: Beginnings): OnCrash => {
  if (choice !== 'auto') return choice
  return onTerminal && !isSupervised(env) ? 'undo' : 'keep'
}
