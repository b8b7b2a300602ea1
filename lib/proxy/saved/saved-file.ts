import type { Host } from '../../host/host.js'
import { errorText } from '../../model/error-text.js'
import type { Report } from '../../model/event.js'

/** How a value is kept in a file. */
export interface SavedFileOptions<Value> {
  readonly host: Host
  readonly path: string
  /** The value as text; or that in pieces, where others should have a turn in between. */
  readonly encode: (value: Value) => string | Iterable<string>
  /** Throws where the text makes no sense. */
  readonly decode: (text: string) => Value
}

/** A file that a run leaves for the next one. It only saves time: whatever is wrong with it, there is a way without. */
export class SavedFile<Value> {
  readonly #options: SavedFileOptions<Value>

  constructor(options: SavedFileOptions<Value>) {
    this.#options = options
  }

  get path(): string {
    return this.#options.path
  }

  /** What the last run left; undefined when there is no file, or one that makes no sense. */
  async read(): Promise<Value | undefined> {
    try {
      return await this.#read()
    } catch {
      return undefined
    }
  }

  /** The same; but a file that makes no sense is set aside, for somebody to look at, and that is reported. */
  async load(report: Report): Promise<Value | undefined> {
    try {
      return await this.#read()
    } catch (error) {
      const { host, path } = this.#options
      const aside = `${path}.damaged`
      const moved = await host.moveFile(path, aside).then(
        () => true,
        () => false,
      )
      report({ type: 'state-damaged', path, ...(moved && { aside }), reason: errorText(error) })
      return undefined
    }
  }

  /** Writes `value`: the whole of it, or the file stays as it was. */
  async write(value: Value): Promise<void> {
    const { host, path, encode } = this.#options
    await host.writeFile(path, encode(value))
  }

  /** The same before it returns: for the last that a process does. Throws where it cannot be done. */
  writeNow(value: Value): void {
    const { host, path, encode } = this.#options
    host.writeFileNow(path, Array.from(encode(value)).join(''))
  }

  /** Removes the file. Resolves with whether there was one. */
  async remove(): Promise<boolean> {
    const { host, path } = this.#options
    const found = (await host.readFile(path)) !== undefined
    await host.removeFile(path)
    return found
  }

  async #read(): Promise<Value | undefined> {
    const { host, path, decode } = this.#options
    const text = await host.readFile(path)
    return text === undefined ? undefined : decode(text)
  }
}
