import type { Server } from 'node:net'
import { socketName } from '../dataplane/estate.js'
import type { InheritedDoor } from '../dataplane/udp/inherited-door.js'
import { type Channel, channelToStarter } from '../host/channel.js'
import { heldLifeline, type Lifeline } from '../host/lifeline.js'
import type { Endpoint } from '../model/endpoint.js'
import { Failure } from '../model/failure.js'
import type { IpAddress } from '../model/ip-address.js'
import type { Port } from '../model/port.js'
import { protocol, successorVariable } from '../takeover/messages.js'
import { Predecessor } from '../takeover/predecessor.js'

/** What the process before this one leaves us, where this one is a successor. */
export interface Inheritance {
  readonly starter: Channel
  readonly predecessor: Predecessor
  readonly lifeline: Lifeline
}

/** Undefined where this process is nobody's successor. Throws a Failure where the two do not understand each other. */
export const findInheritance = (): Inheritance | undefined => {
  const { [successorVariable]: spoken } = process.env
  // It is not for programs that we start.
  Reflect.deleteProperty(process.env, successorVariable)
  const starter = spoken === undefined ? undefined : channelToStarter()
  if (!starter) return undefined
  if (spoken !== protocol)
    throw new Failure('conflict', 'the running kube-portal is of a version that cannot be taken over from', {
      cure: 'stop it and start it again, once',
    })
  return { starter, predecessor: new Predecessor(starter), lifeline: heldLifeline() }
}

/** The server that the process before us has there. */
export const inheritedServer = async (
  inheritance: Inheritance | undefined,
  place: Endpoint,
): Promise<Server | undefined> => inheritance?.predecessor.server(socketName('TCP', place))

/** The doors that the process before us has at these addresses. */
export const inheritedDoors = async (
  inheritance: Inheritance | undefined,
  addresses: readonly IpAddress[],
  port: Port,
): Promise<ReadonlyMap<IpAddress, InheritedDoor>> => {
  const doors = new Map<IpAddress, InheritedDoor>()
  if (!inheritance) return doors
  for (const address of addresses) {
    const door = await inheritance.predecessor.door(socketName('UDP', { address, port }))
    if (door) doors.set(address, door)
  }
  return doors
}
