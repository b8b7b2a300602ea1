import { type FileHandle, open, writeFile } from 'node:fs/promises'

const fill = async (file: FileHandle, buffer: Buffer): Promise<number> => {
  let length = 0
  for (;;) {
    // From where it is, so that a pipe will do.
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, null)
    length += bytesRead
    if (bytesRead === 0 || length === buffer.length) return length
  }
}

/** The text of a file, of a long one the first `most` bytes. Rejects when there is none, or it cannot be read. */
export const readBeginning = async (path: string, most: number): Promise<string> => {
  const file = await open(path)
  try {
    const buffer = Buffer.alloc(most)
    return buffer.toString('utf8', 0, await fill(file, buffer))
  } finally {
    await file.close()
  }
}

/** Writes into the file that is there, which may be a device or a pipe, or makes one. */
export const writeInto = (path: string, text: string): Promise<void> => writeFile(path, text)
