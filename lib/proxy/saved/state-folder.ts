import type { Host } from '../../host/host.js'
import type { Crashes } from '../../model/crash.js'
import { type Port, port } from '../../model/port.js'
import type { ServicePortId } from '../../model/service-port.js'
import type { Snapshot } from '../../model/snapshot.js'
import { numberIn, objectIn, textIn } from '../../model/json.js'
import { SavedFile } from './saved-file.js'
import { snapshotIn, snapshotPieces } from './snapshot-text.js'

export type SavedPorts = ReadonlyMap<ServicePortId, Port>

/**
 * What a run leaves for the next one. Its ports and its snapshot are two files, as rules may be written only when local ports are
 * saved, while a snapshot is large and may be late.
 */
export interface StateFolder {
  /** The local port of each service port. */
  readonly localPorts: SavedFile<SavedPorts>
  /** What was served last. */
  readonly snapshot: SavedFile<Snapshot>
  /** How often a run ended by an error of its own. */
  readonly crashes: SavedFile<Crashes>
}

const isId = (key: string): key is ServicePortId =>
  /^[^/\s]+\/[^/\s]+\/(TCP|UDP|SCTP)(\/IPv6)?(\/Local)?$/.test(key)

const localPortsIn = (text: string): SavedPorts => {
  const value: unknown = JSON.parse(text)
  const saved = objectIn(objectIn(value).localPorts)
  const localPorts = new Map<ServicePortId, Port>()
  for (const [key, local] of Object.entries(saved)) if (isId(key)) localPorts.set(key, port(numberIn(local)))
  return localPorts
}

const localPortsText = (localPorts: SavedPorts): string =>
  `${JSON.stringify({ localPorts: Object.fromEntries(localPorts) }, undefined, 1)}\n`

const crashesIn = (text: string): Crashes => {
  const { times, since, at, error } = objectIn(JSON.parse(text))
  return { times: numberIn(times), since: textIn(since), at: textIn(at), error: textIn(error) }
}

/** The files of `folder`. Nothing is read or made yet. */
export const stateFolder = (host: Host, folder: string): StateFolder => ({
  localPorts: new SavedFile({
    ...{ host, path: `${folder}/state.json` },
    encode: localPortsText,
    decode: localPortsIn,
  }),
  snapshot: new SavedFile({
    ...{ host, path: `${folder}/snapshot.jsonl` },
    encode: snapshotPieces,
    decode: snapshotIn,
  }),
  crashes: new SavedFile({
    ...{ host, path: `${folder}/crashes.json` },
    encode: crashes => `${JSON.stringify(crashes)}\n`,
    decode: crashesIn,
  }),
})
