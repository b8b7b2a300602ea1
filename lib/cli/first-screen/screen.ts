import type { Writable } from 'node:stream'
import type { Clock } from '../../model/clock.js'
import { durationText } from '../../model/duration.js'
import type { ProxyEvent } from '../../model/event.js'
import { type Milliseconds, milliseconds } from '../../model/milliseconds.js'
import type { PortView } from '../../proxy/port-view.js'
import { describe } from '../../observe/describe.js'
import type { Front } from '../front.js'
import { hanging } from '../hanging.js'
import type { ChosenOptions } from '../options.js'
import { version } from '../version.js'
import { type Row, rowsOf, rowText } from './rows.js'
import { captureText, namesText } from './words.js'

export interface ScreenParts {
  readonly options: Pick<ChosenOptions, 'capture' | 'dns'>
  readonly stream: Writable
  /** How many characters go into a line of it. */
  readonly width: number
  readonly clock: Clock
}

type Of<Type extends ProxyEvent['type']> = Extract<ProxyEvent, { readonly type: Type }>

/** More lines of one kind than these nobody reads; `kube-portal status` has all. */
const mostAtFirst = 24
const mostLater = 8

/** So often it is said how far it has come. */
const progressEvery = milliseconds(200)

/** Returns to the beginning of the line, and wipes it. */
const wiped = '\r\u001b[K'

/** What somebody sees in front of it: the way it goes to work, each Service as it becomes usable, and what is not as it should be. */
export class Screen implements Front {
  readonly #parts: ScreenParts
  readonly #began: Milliseconds
  #view: () => readonly PortView[] = () => []
  #rows: ReadonlyMap<string, Row> = new Map()
  #skipped: string[] = []
  #opened = 0
  #saidAt: Milliseconds
  #hasProgress = false
  #isReady = false

  constructor(parts: ScreenParts) {
    this.#parts = parts
    this.#began = parts.clock.now()
    this.#saidAt = this.#began
    this.#line(`kube-portal ${version}`)
  }

  /** Has what is served from `view` from now on. */
  follow(view: () => readonly PortView[]): void {
    this.#view = view
  }

  readonly event = (event: ProxyEvent): void => {
    if (event.type === 'cluster-found') this.#cluster(event)
    else if (event.type === 'capture-chosen') this.#ways(event)
    else if (event.type === 'reach-chosen') this.#row('reach', because(event.reach, event.why))
    else if (event.type === 'skipped') this.#skip(event)
    else if (event.type === 'listening') this.#progress()
    else if (event.type === 'synced') this.#synced()
    else if (event.type === 'ready') this.#ready()
    else if (event.type === 'no-node')
      this.#row('node', `none is called ${event.node}; if this is one: --hostname-override NAME`)
    else this.#say(event)
  }

  info(text: string): void {
    this.#line(`  ${text}`)
  }

  warn(text: string): void {
    this.#line(`  ! ${text}`)
  }

  close(): void {
    if (this.#hasProgress) this.#parts.stream.write(wiped)
  }

  #cluster({ context, server, origin }: Of<'cluster-found'>): void {
    this.#row('cluster', `${context === undefined ? '' : `${context}, `}${server} (${origin})`)
  }

  #ways({ why }: Of<'capture-chosen'>): void {
    const { options } = this.#parts
    this.#row('capture', captureText(options.capture, why))
    this.#row('names', namesText(options))
  }

  #skip({ object, reason, why }: Of<'skipped'>): void {
    const text = `${object}: ${reason}`
    if (this.#isReady && why === 'refused') this.#line(`  - ${text}`)
    else if (!this.#isReady) this.#skipped.push(text)
  }

  #progress(): void {
    const { clock, stream } = this.#parts
    this.#opened += 1
    if (this.#isReady || clock.now() - this.#saidAt < progressEvery) return
    this.#saidAt = clock.now()
    this.#hasProgress = true
    stream.write(`${wiped}  listening for service ports: ${this.#opened} …`)
  }

  #synced(): void {
    const before = this.#rows
    this.#rows = rowsOf(this.#view(), this.#parts.options.capture)
    const most = this.#isReady ? mostLater : mostAtFirst
    const changed = [...this.#rows].filter(([key, row]) => isOther(row, before.get(key)))
    const width = Math.min(40, Math.max(...changed.map(([, { name }]) => name.length)))
    const lines = [
      ...changed.map(([, row]) => `  + ${rowText(row, width)}`),
      ...[...before].filter(([key]) => !this.#rows.has(key)).map(([, { name }]) => `  - ${name}: gone`),
    ]
    this.#some(lines, most)
  }

  #ready(): void {
    const { clock } = this.#parts
    this.#some(
      this.#skipped.map(text => `  - ${text}`),
      mostLater,
    )
    this.#skipped = []
    this.#isReady = true
    const took = durationText(milliseconds(clock.now() - this.#began))
    this.#line(
      `READY ${this.#rows.size} service ports, after ${took}; Ctrl-C stops it and removes all it added`,
    )
  }

  #say(event: ProxyEvent): void {
    const { level, verbosity, text } = describe(event)
    if (verbosity > 0) return
    if (level === 'info') this.info(text())
    else this.warn(text())
  }

  #some(lines: readonly string[], most: number): void {
    for (const line of lines.slice(0, most)) this.#line(line)
    const more = lines.length - most
    if (more > 0) this.#line(`    and ${more} more: kube-portal status`)
  }

  #row(name: string, text: string): void {
    this.#line(hanging(`  ${name.padEnd(8)} `, [text], this.#parts.width).trimEnd())
  }

  #line(text: string): void {
    this.#parts.stream.write(`${this.#hasProgress ? wiped : ''}${text}\n`)
    this.#hasProgress = false
  }
}

const because = (what: string, why: string | undefined): string =>
  why === undefined ? what : `${what}: ${why}`

const isOther = (row: Row, before: Row | undefined): boolean =>
  row.places.join() !== before?.places.join() ||
  row.sticky !== before.sticky ||
  // How many they are changes all the time.
  row.endpoints > 0 !== before.endpoints > 0
