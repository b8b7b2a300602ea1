import { setFlagsFromString } from 'node:v8'

/**
 * Sets the garbage collector up for a proxy. To be called before other modules are loaded.
 *
 * When a kind of object has often lived long, V8 makes the next ones of that kind old from the start. Ours live as long as a
 * connection: after some long ones, every short one left a few such old objects behind, dead, that kept all the rest of it from
 * the scavenger until the next full collection. Without that, a scavenge takes 0.3 ms instead of 10, and a connection 15 µs less.
 *
 * And the old space is collected when it has grown by a third, not only when it has doubled: with 10,000 Services that is a
 * hundred megabytes less, for some collections more while Services change.
 */
export const tuneGarbageCollector = (): void => {
  setFlagsFromString('--no-allocation-site-pretenuring')
  setFlagsFromString('--heap-growing-percent=33')
}
