import { ipAddress, type IpAddress } from '../../../model/ip-address.js'
import { whyUndialable } from '../../../model/undialable.js'
import type { Cause } from '../status-error.js'
import { when, wrong } from './causes.js'

/** Reads an address as an object may spell it, or undefined when it is none (`None`, or nonsense). */
export const addressIn = (text: string): IpAddress | undefined => {
  try {
    return ipAddress(text)
  } catch {
    return undefined
  }
}

export const noAddress = (field: string, text: string): Cause =>
  wrong(field, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')

// 255.255.255.255 and other multicast than link-local pass, as a real API server of 1.36 let them.
const refusedPart = /loopback|unspecified|link-local/

/** What is wrong with an address that traffic is to go to. */
export const addressCauses = (field: string, text: string): readonly Cause[] => {
  const address = addressIn(text)
  if (!address) return [noAddress(field, text)]
  const why = whyUndialable(address) ?? ''
  return when(refusedPart.test(why), () => {
    const range = why.replace(/^IPv\d /, '').replace(/ address$/, '')
    return wrong(field, text, `may not be in the ${range} range`)
  })
}
