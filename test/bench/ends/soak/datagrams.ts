import { randomBytes, randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Asker, type Count } from './asker.js'
import type { Exchange, Kind, Place } from './kind.js'

interface Questions {
  readonly count: number
  /** Bytes: the least and the most. */
  readonly sizes: readonly [number, number]
}

const ask = async (asker: Asker, { count, sizes: [least, most] }: Questions): Promise<boolean> => {
  let right = true
  for (let number = 0; number < count; number += 1)
    right = (await asker.ask(randomBytes(randomInt(least, most + 1)))) && right
  return right
}

const small = [0, 1472] as const
const big = [1473, 65_507] as const

/** The clients that send datagrams, to an `echo` that forgets flows after so many milliseconds without any. */
export const datagrams = (echo: Place, udpTimeout: number, counted: Count): readonly Kind[] => {
  /** A client that comes with a port of its own, and goes. */
  const passing = (questions: Questions) => (): Exchange => async () => {
    await pause(50)
    const asker = await Asker.open(echo, counted)
    const right = await ask(asker, questions)
    return (await asker.close()) && right
  }
  /** A client that keeps its port, and rests so many milliseconds before it asks again. */
  const staying = (questions: Questions, rest: number) => (): Exchange => {
    let opened: Promise<Asker> | undefined
    return async () => {
      const asker = await (opened ??= Asker.open(echo, counted))
      const right = await ask(asker, questions)
      await pause(rest)
      return right
    }
  }
  return [
    { name: 'UDP clients that pass', clients: 8, client: passing({ count: 3, sizes: small }) },
    { name: 'UDP clients that stay', clients: 16, client: staying({ count: 50, sizes: small }, 10) },
    {
      name: 'UDP clients that rest',
      clients: 16,
      client: staying({ count: 1, sizes: small }, udpTimeout * 1.5),
    },
    { name: 'big datagrams', clients: 2, client: passing({ count: 3, sizes: big }) },
  ]
}
