import type { Option } from 'commander'

/** An option whose text is read by `read`; `fallback` is its default, as a user would write it. */
export const readBy = (option: Option, read: (text: string) => unknown, fallback?: string): Option => {
  option.argParser(read)
  return fallback === undefined ? option : option.default(read(fallback), fallback)
}
