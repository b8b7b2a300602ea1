/** Where something is in a file, from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** For `sort`: as one reads a file. */
export const inOrder = (one: Place, other: Place): number =>
  one.line - other.line || one.column - other.column

/** Something in a configuration file that cannot be meant. */
export interface Mistake extends Place {
  /** Of which field; '' where it is of none. */
  readonly path: string
  readonly text: string
}

/** The mistake in one line, as compilers write it. */
export const mistakeText = (file: string, { line, column, path, text }: Mistake): string =>
  `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${text}`
