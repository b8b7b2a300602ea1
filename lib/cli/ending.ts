/** Where a command leaves the exit code of the process. */
export interface Ending {
  code: number
}
