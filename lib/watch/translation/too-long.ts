import { list } from '../raw.js'

/**
 * No list in an object of the API is as long. etcd takes objects of 1.5 MiB, and the shortest element that means anything,
 * `{"ip":"1.1.1.1"},`, has 17 bytes; a slice may have 1,000 endpoints.
 */
const longest = 100_000

/** Why an object is not to be believed of which these are the lists, by what they are of; undefined when it may be. */
export const whyTooLong = (lists: Readonly<Record<string, unknown>>): string | undefined => {
  const [found] = Object.entries(lists).filter(([, written]) => list(written).length > longest)
  return found && `it has ${list(found[1]).length} ${found[0]}: no API server keeps more than ${longest}`
}
