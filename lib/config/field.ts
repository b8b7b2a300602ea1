/** What a value in a configuration file can be; a list: one of these words. `null` can be anywhere, and is as good as absent. */
export type FieldType =
  | 'text'
  | 'texts'
  | 'duration'
  /** A duration, or a number of nanoseconds. */
  | 'span'
  /** A number of bytes, such as `64Ki`. */
  | 'size'
  | 'integer'
  | 'number'
  | 'flag'
  /** Names, each with true or false. */
  | 'flags'
  /** A list of which only the program that it is for knows more. */
  | 'list'
  | readonly string[]

interface Described {
  /** Its name, after those of what it is in: `iptables.syncPeriod`. */
  readonly path: string
  readonly type: FieldType
}

/** A field that does what an option of `kube-portal run` does. */
export interface AppliedField extends Described {
  /** Which one: `iptablesSyncPeriod` for `--iptables-sync-period`. */
  readonly option: string
  /** What it means, for people and their editors. */
  readonly about: string
}

/** A field of kube-proxy's that says nothing to us. */
export interface OtherField extends Described {
  /** Why it does not apply. */
  readonly why: string
  /** kube-proxy's flag for the same: `--conntrack-min`. */
  readonly flag?: string
  /** What is as we have it anyway. */
  readonly asIs?: readonly string[]
}

export type Field = AppliedField | OtherField

/** What a document in a configuration file can be. */
export interface Kind {
  readonly kind: string
  readonly apiVersion: string
  readonly fields: readonly Field[]
  /** Whether 0 and `0s` mean the default, too, as in a file that is written out whole. */
  readonly zeroIsDefault: boolean
}

export const isApplied = (field: Field): field is AppliedField => 'option' in field
