import { ApiError } from './api-error.js'

const newline = 0x0a

/** No object of the API is nearly as long: etcd takes 1.5 MiB. */
const longestLine = 16 * 1024 * 1024

/** What a server that refuses has to say. Lists are read as they arrive. */
const longestText = 1024 * 1024

const tooLong = (what: string, bytes: number): ApiError =>
  new ApiError('garbage', `the server sent a ${what} of more than ${bytes} bytes`)

/** The whole body as text. Rejects with an `ApiError` when it breaks off or has more than `limit` bytes. */
export const wholeText = async (body: AsyncIterable<Uint8Array>, limit = longestText): Promise<string> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) throw tooLong('body', limit)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/**
 * The body line by line, as the lines arrive. Blank lines are left out. Rejects with an `ApiError` when it breaks
 * off, in the middle of a line too, and when a line has no end.
 */
export async function* linesOf(
  body: AsyncIterable<Uint8Array>,
  limit = longestLine,
): AsyncGenerator<string, void> {
  let begun: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    let from = 0
    for (let to = chunk.indexOf(newline); to !== -1; to = chunk.indexOf(newline, from)) {
      const line = Buffer.concat([...begun, chunk.subarray(from, to)])
      begun = []
      size = 0
      from = to + 1
      if (line.length > limit) throw tooLong('line', limit)
      const text = line.toString()
      if (text.trim() !== '') yield text
    }
    if (from < chunk.length) begun.push(chunk.subarray(from))
    size += chunk.length - from
    if (size > limit) throw tooLong('line', limit)
  }
  if (size > 0) throw new ApiError('unreachable', 'the connection ended in the middle of a line')
}

/** Reads JSON. Throws an `ApiError` on anything else. */
export const parsed = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch (cause) {
    throw new ApiError('garbage', `the server sent what is no JSON: ${JSON.stringify(text.slice(0, 80))}`, {
      cause,
    })
  }
}
