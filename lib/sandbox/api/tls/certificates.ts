import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'
import { ipAddress } from '../../../model/ip-address.js'
import { addressBytes } from '../address-bytes.js'
import { bits, identifier, integer, octets, sequence, set, tagged, text, time, yes } from './der.js'

/** What a server shows to its clients, and what they trust. All as PEM. */
export interface Certificates {
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

interface Party {
  readonly name: string
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const ecdsaWithSha256 = sequence(identifier('1.2.840.10045.4.3.2'))

const party = (name: string): Party => ({ name, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) })

const nameOf = ({ name }: Party): Buffer => sequence(set(sequence(identifier('2.5.4.3'), text(name))))

const publicKeyOf = ({ publicKey }: Party): Buffer => publicKey.export({ type: 'spki', format: 'der' })

const keyIdentifier = (whose: Party): Buffer => createHash('sha1').update(publicKeyOf(whose)).digest()

const extension = (id: string, value: Buffer): Buffer => sequence(identifier(id), octets(value))

const critical = (id: string, value: Buffer): Buffer => sequence(identifier(id), yes, octets(value))

const alternativeName = (host: string): Buffer =>
  isIP(host) === 0 ? tagged(0x82, Buffer.from(host)) : tagged(0x87, addressBytes(ipAddress(host)))

const authorityExtensions: readonly Buffer[] = [
  critical('2.5.29.19', sequence(yes)),
  // May sign certificates: the sixth bit from the left.
  critical('2.5.29.15', bits(Buffer.from([0b0000_0100]), 2)),
]

const serverExtensions = (hosts: readonly string[]): readonly Buffer[] => [
  critical('2.5.29.15', bits(Buffer.from([0b1000_0000]), 7)),
  extension('2.5.29.37', sequence(identifier('1.3.6.1.5.5.7.3.1'))),
  extension('2.5.29.17', sequence(...hosts.map(alternativeName))),
]

const pem = (der: Buffer): string => {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

interface Issue {
  readonly issuer: Party
  readonly from: Date
  readonly extensions: readonly Buffer[]
}

const day = 86_400_000

const certificateFor = (subject: Party, { issuer, from, extensions }: Issue): string => {
  const content = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(issuer),
    // A clock that is a little behind ours should not matter.
    sequence(time(new Date(from.getTime() - day)), time(new Date(from.getTime() + 365 * day))),
    nameOf(subject),
    publicKeyOf(subject),
    tagged(
      0xa3,
      sequence(
        ...extensions,
        extension('2.5.29.14', octets(keyIdentifier(subject))),
        extension('2.5.29.35', sequence(tagged(0x80, keyIdentifier(issuer)))),
      ),
    ),
  )
  return pem(sequence(content, ecdsaWithSha256, bits(sign('sha256', content, issuer.privateKey))))
}

/** A new authority, and a server certificate by it for `hosts` (names and addresses), good for a year from `now`. */
export const createCertificates = (hosts: readonly string[], now: Date): Certificates => {
  const authority = party('kube-portal sandbox CA')
  const server = party(hosts[0] ?? 'localhost')
  return {
    ca: certificateFor(authority, { issuer: authority, from: now, extensions: authorityExtensions }),
    certificate: certificateFor(server, {
      issuer: authority,
      from: now,
      extensions: serverExtensions(hosts),
    }),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
