import type { Host } from '../host/host.js'
import { type Port, port } from '../model/port.js'
import type { ServicePortId } from '../model/service-port.js'

/** What a run leaves for the next one: rules that still stand point at these local ports. */
export interface SavedState {
  readonly localPorts: ReadonlyMap<ServicePortId, Port>
}

const nothing: SavedState = { localPorts: new Map() }

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isId = (key: string): key is ServicePortId =>
  /^[^/\s]+\/[^/\s]+\/(TCP|UDP|SCTP)(\/IPv6)?(\/Local)?$/.test(key)

const decode = (text: string): SavedState => {
  const value: unknown = JSON.parse(text)
  const saved = isRecord(value) && isRecord(value.localPorts) ? value.localPorts : {}
  const localPorts = new Map<ServicePortId, Port>()
  for (const [key, local] of Object.entries(saved))
    if (isId(key) && typeof local === 'number') localPorts.set(key, port(local))
  return { localPorts }
}

/** The file that state is kept in. */
export class StateFile {
  readonly #host: Host
  readonly path: string

  constructor(host: Host, folder: string) {
    this.#host = host
    this.path = `${folder}/state.json`
  }

  /** What the last run left; nothing when there is no file, or one that makes no sense: it only saves time. */
  async read(): Promise<SavedState> {
    try {
      const text = await this.#host.readFile(this.path)
      return text === undefined ? nothing : decode(text)
    } catch {
      return nothing
    }
  }

  /** Removes the file. Resolves with whether there was one. */
  async remove(): Promise<boolean> {
    const found = (await this.#host.readFile(this.path)) !== undefined
    await this.#host.removeFile(this.path)
    return found
  }

  /** Writes `state`: the whole of it, or the file stays as it was. */
  async write({ localPorts }: SavedState): Promise<void> {
    const text = `${JSON.stringify({ localPorts: Object.fromEntries(localPorts) }, undefined, 1)}\n`
    await this.#host.writeFile(this.path, text)
  }
}
