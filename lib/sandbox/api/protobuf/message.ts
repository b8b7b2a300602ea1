/** One field of a message, as it is on the wire. */
export type WireField =
  | { readonly number: number; readonly kind: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly kind: 'bytes'; readonly value: Buffer }

interface Varint {
  readonly value: bigint
  readonly end: number
}

const varint = (buffer: Buffer, start: number): Varint => {
  let value = 0n
  for (let index = start; ; index++) {
    const byte = buffer.readUInt8(index)
    value |= BigInt(byte & 0x7f) << BigInt(7 * (index - start))
    if (byte < 0x80) return { value, end: index + 1 }
  }
}

/** The fields of a message, in order. Throws RangeError when it is cut short, or uses wire types Kubernetes does not. */
export const fieldsOf = (buffer: Buffer): readonly WireField[] => {
  const fields: WireField[] = []
  for (let at = 0; at < buffer.length;) {
    const tag = varint(buffer, at)
    const number = Number(tag.value >> 3n)
    const head = varint(buffer, tag.end)
    switch (Number(tag.value & 7n)) {
      case 0:
        fields.push({ number, kind: 'varint', value: head.value })
        at = head.end
        break
      case 2: {
        const end = head.end + Number(head.value)
        if (end > buffer.length) throw new RangeError('a message that is cut short')
        fields.push({ number, kind: 'bytes', value: buffer.subarray(head.end, end) })
        at = end
        break
      }
      default:
        throw new RangeError('a message in no encoding that Kubernetes uses')
    }
  }
  return fields
}
