/** What a family needs on both sides of the links: lines for `ip -batch`, and files of /proc/sys/net. */
export interface FamilyNetwork {
  readonly option: '-4' | '-6'
  readonly node: Side
  /** The namespace of the pods, which is the outside, too. */
  readonly pods: Side
}

export interface Side {
  /** What has to be so before there is any link. */
  readonly first: Settings
  readonly commands: readonly string[]
  readonly settings: Settings
}

/** Values by the files' paths below /proc/sys/net. */
export type Settings = Readonly<Record<string, string>>
