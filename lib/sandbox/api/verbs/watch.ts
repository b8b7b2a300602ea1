import type { Alarm, Clock } from '../../../model/clock.js'
import { type Milliseconds, seconds } from '../../../model/milliseconds.js'
import type { Target } from '../serve/target.js'
import type { Ledger } from '../store/ledger.js'
import { type Selection, selection } from '../select/selection.js'
import { StatusError } from '../status-error.js'
import { type Call, countIn } from './call.js'
import { versionIn } from './version.js'
import { bookmark, eventFor, type WatchEvent } from './watch-event.js'

export interface WatchOptions {
  readonly ledger: Ledger
  readonly clock: Clock
  /** How often a client that allows it is told how far the watch has come. */
  readonly bookmarkInterval: Milliseconds
}

/** Who watches: gets each event, and `end` once, when the server ends the watch. */
export interface Watcher {
  send(event: WatchEvent): void
  end(): void
}

/** A watch as it was asked for. */
interface Wish {
  readonly target: Target
  readonly seen: Selection
  /** 0: from now, what is there first. */
  readonly from: number
  readonly bookmarks: boolean
  readonly saysWhenInitialEventsEnd: boolean
  /** 0: no limit. */
  readonly timeout: Milliseconds
}

const wishOf = ({ target, query }: Call): Wish => {
  const { namespace } = target
  const selected = selection(target.kind, query)
  return {
    target,
    seen: {
      narrow: true,
      has: object => (namespace === '' || object.metadata.namespace === namespace) && selected.has(object),
    },
    from: versionIn(query) ?? 0,
    bookmarks: query.get('allowWatchBookmarks') === 'true',
    saysWhenInitialEventsEnd: query.get('sendInitialEvents') === 'true',
    timeout: seconds(countIn(query, 'timeoutSeconds') ?? 0),
  }
}

const sendWhatIsThere = (
  ledger: Ledger,
  { target, seen, saysWhenInitialEventsEnd }: Wish,
  watcher: Watcher,
): void => {
  for (const object of ledger.list(target.kind.resource, target.namespace, ledger.version))
    if (seen.has(object)) watcher.send({ type: 'ADDED', object })
  if (saysWhenInitialEventsEnd)
    watcher.send(bookmark(target.kind, ledger.version, { 'k8s.io/initial-events-end': 'true' }))
}

const sendWhatHappened = (ledger: Ledger, { target, seen, from }: Wish, watcher: Watcher): void => {
  for (const change of ledger.since(target.kind.resource, from)) {
    const event = eventFor(change, seen)
    if (event) watcher.send(event)
  }
}

const follow = (
  { ledger, clock, bookmarkInterval }: WatchOptions,
  wish: Wish,
  watcher: Watcher,
): (() => void) => {
  const { target, seen, from, bookmarks, timeout } = wish
  const mark = (): void => {
    if (bookmarks) watcher.send(bookmark(target.kind, Math.max(from, ledger.version)))
  }
  const markAgain = (): Alarm =>
    clock.after(bookmarkInterval, () => {
      mark()
      nextMark = markAgain()
    })
  let nextMark = bookmarks ? markAgain() : undefined
  const unsubscribe = ledger.onChange(change => {
    if (change.resource !== target.kind.resource || change.version <= from) return
    const event = eventFor(change, seen)
    if (event) watcher.send(event)
  })
  const stop = (): void => {
    unsubscribe()
    nextMark?.cancel()
    limit?.cancel()
  }
  const limit =
    timeout > 0
      ? clock.after(timeout, () => {
          mark()
          stop()
          watcher.end()
        })
      : undefined
  return stop
}

/**
 * Sends what the watch is asked for, until its time is over or the returned function is called. A version that is
 * forgotten is answered with an `ERROR` event, 410 `Expired`, and the end: where a real server notices, its headers
 * are out already. Throws, with nothing sent, what is wrong with the request.
 */
export const watch = (options: WatchOptions, call: Call, watcher: Watcher): (() => void) => {
  const { ledger } = options
  const wish = wishOf(call)
  try {
    if (wish.from === 0) sendWhatIsThere(ledger, wish, watcher)
    else sendWhatHappened(ledger, wish, watcher)
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    watcher.send({ type: 'ERROR', object: error.status })
    watcher.end()
    return () => undefined
  }
  return follow(options, wish, watcher)
}
