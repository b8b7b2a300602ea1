import { appendFileSync } from 'node:fs'
import type { Test } from 'tap'

/** Where rows of the table are collected, a JSON object a line; absent: nobody makes a table. */
export const collected = 'KUBE_PORTAL_CHAOS_SEEN'

/** One promise, and what became of it. */
export interface Seen {
  /** What was done to it: `rules flushed under load (nft)`. */
  readonly fault: string
  /** In the words of the README. */
  readonly promise: string
  /** With figures: `0 of 55,157 connections failed, back after 2.1 s`. */
  readonly seen: string
  readonly kept: boolean
}

/** Notes a row of the table, and fails the test where the promise was not kept. */
export const saw = (t: Test, row: Seen): void => {
  const file = process.env[collected]
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`)
  t.ok(row.kept, `${row.fault}: ${row.promise}: ${row.seen}`)
}
