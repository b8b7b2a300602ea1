/** An object of JSON, not yet believed. */
export type Raw = Readonly<Record<string, unknown>>

export const isRaw = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is at `path` below `value`; undefined when there is nothing. */
export const field = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (at, name) => (isRaw(at) && Object.hasOwn(at, name) ? (at[name] ?? undefined) : undefined),
    value,
  )

export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined)

/** The list; empty for anything else. Go writes an empty list as null. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The texts of a list, without whatever else is in it. */
export const texts = (value: unknown): readonly string[] =>
  list(value).filter(each => typeof each === 'string')

/** The object's texts by name, as labels are. */
export const textFields = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(isRaw(value) ? value : {}).flatMap(([name, each]) =>
      typeof each === 'string' ? [[name, each] as const] : [],
    ),
  )
