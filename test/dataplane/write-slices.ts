import type { Socket } from 'node:net'

/** Writes `all`, so many bytes a time; resolves when the kernel has them, or the connection is broken. */
export const writeSlices = async (socket: Socket, slices: readonly number[], all: Buffer): Promise<void> => {
  let offset = 0
  for (const size of slices)
    await new Promise<void>(resolve => {
      socket.write(all.subarray(offset, (offset += size)), () => resolve())
    })
}
