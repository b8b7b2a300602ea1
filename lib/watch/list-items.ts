import { setImmediate } from 'node:timers/promises'
import { ApiError } from './api-error.js'
import { parsed } from './body.js'
import { ListScanner } from './list-scanner.js'

/** After so many characters others get their turn: reading them takes some 3 ms. */
const turn = 128 * 1024

/**
 * A list may have so many characters: several times what 150,000 pods, the most that Kubernetes is made for, have in slices, with
 * 400 each. A server that sends more does not come to an end.
 */
const longest = 256 * 1024 * 1024

/**
 * The items of a list, read one by one while it arrives, and at the end the list without them. A list of 20 MB read at once
 * would hold up all connections for a fifth of a second. Rejects with an `ApiError` when it is no JSON.
 */
export async function* listItems(body: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, unknown> {
  const scanner = new ListScanner()
  let [read, all] = [0, 0]
  for await (const chunk of body)
    for (const text of scanner.take(chunk)) {
      yield parsed(text)
      read += text.length
      all += text.length
      if (all > longest) throw new ApiError('garbage', `the server sent a list of more than ${longest} bytes`)
      if (read < turn) continue
      read = 0
      await setImmediate()
    }
  return parsed(scanner.end())
}
