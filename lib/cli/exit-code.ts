import type { FailureCode } from '../model/failure.js'

/** What the shell or the supervisor is told. Scripts rely on these numbers. */
export const exitCode: Readonly<Record<FailureCode | 'well' | 'internal', number>> = {
  well: 0,
  failed: 1,
  usage: 2,
  'not-running': 3,
  'api-unreachable': 4,
  'api-refused': 4,
  missing: 5,
  conflict: 5,
  'another-instance': 6,
  internal: 70,
}

export const exitCodeHelp = `
Exit codes:
  0   well
  1   failed, or works only in part
  2   an option or a configuration that makes no sense
  3   not running
  4   the API server cannot be reached, or refuses us
  5   something is missing or in conflict: a privilege, a program, a port range
  6   another kube-portal runs in this network namespace
  70  an internal error; a supervisor should start it again`
