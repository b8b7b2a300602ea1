/** Values in ASN.1's distinguished encoding (X.690), as much of it as certificates need. */

const lengthOf = (content: Buffer): Buffer => {
  if (content.length < 128) return Buffer.from([content.length])
  const digits = content.length.toString(16)
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.from([0x80 + bytes.length]), bytes])
}

/** `parts` one after another, under a tag. */
export const tagged = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content])
}

export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts)

export const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, ...parts)

/** A whole number from 0, most significant byte first. */
export const integer = (bytes: Buffer): Buffer =>
  tagged(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0), bytes)

export const yes = tagged(0x01, Buffer.from([0xff]))

export const octets = (content: Buffer): Buffer => tagged(0x04, content)

/** Whole bytes as bits; the last `unused` bits do not count. */
export const bits = (content: Buffer, unused = 0): Buffer => tagged(0x03, Buffer.from([unused]), content)

export const text = (value: string): Buffer => tagged(0x0c, Buffer.from(value))

/** A moment, in whole seconds; before 2050, as RFC 5280 wants it for this type. */
export const time = (moment: Date): Buffer =>
  tagged(0x17, Buffer.from(`${moment.toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`))

const base128 = (value: number): number[] => {
  const digits = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    digits.unshift(128 + (rest % 128))
  return digits
}

/** An object identifier: `2.5.29.17`. */
export const identifier = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}
