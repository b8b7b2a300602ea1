import type { Milliseconds } from '../model/milliseconds.js'

/** The systems that we know. Whatever is none of these is asked as Linux is, and may not tell. */
export type Platform = 'linux' | 'darwin'

/** The machine we run on: the only way to its programs and files. A dry run is a `Host` that only takes notes. */
export interface Host {
  /** Says by which programs and files it is asked, and changed. */
  readonly platform: Platform
  /**
   * Runs `program` (never through a shell) to its end. A code other than 0 is an answer, not an error.
   * Rejects with code `ENOENT` when there is no such program, and with `ETIMEDOUT`, the program killed with all that it started,
   * after `timeout`, or when it is given up.
   */
  run(program: string, args: readonly string[], options: RunOptions): Promise<Output>
  /** The file's text, or undefined when there is no such file. */
  readFile(path: string): Promise<string | undefined>
  /**
   * Writes the whole file or leaves the old one as it was; makes the folders above it. Of a text in pieces, each is asked for when
   * the one before it is written.
   */
  writeFile(path: string, text: string | Iterable<string>): Promise<void>
  /** The same before it returns, for a process that ends right after; makes one folder at most. Throws where it cannot be done. */
  writeFileNow(path: string, text: string): void
  /**
   * Changes a file that belongs to others, too, if `edit` makes another text of what it has: a byte is a character. It keeps its
   * owner and its mode, and is followed where it is a link. Resolves with whether it was changed; not where there is none.
   */
  editFile(path: string, edit: (text: string) => string): Promise<boolean>
  /** Whether `folder` may be written, or made where it is not there yet. */
  canWrite(folder: string): Promise<boolean>
  /** Gives the file another name, in the place of a file that has it. */
  moveFile(from: string, to: string): Promise<void>
  /** Removes the file. Content when there is none. */
  removeFile(path: string): Promise<void>
}

/** Another user, for a process that may become one. */
export interface RunAs {
  readonly uid: number
  readonly gid: number
  /** All of their groups. */
  readonly groups: readonly number[]
  readonly user: string
  readonly home: string
}

export interface RunOptions {
  readonly timeout: Milliseconds
  /** Aborted when there is no more time: then a program that is at work may go on until it waits for something. */
  readonly giveUp?: AbortSignal
  /** Variables that it gets beside ours. */
  readonly variables?: Readonly<Record<string, string>>
  /** What the program reads on standard input; nothing when absent. */
  readonly input?: string
  /** Whose program it is, with their groups, their home and no trace of sudo; absent: ours. */
  readonly as?: RunAs | undefined
  /** Told what it writes on standard error, as it comes. */
  readonly complaint?: (text: string) => void
}

/** What a program left behind. */
export interface Output {
  /** Its exit code; 128 + N when signal N ended it. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}
