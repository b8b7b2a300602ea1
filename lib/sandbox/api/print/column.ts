import type { ApiObject } from '../../api-object.js'
import { age } from './age.js'

/** One column of a kind's table. */
export interface Column {
  readonly name: string
  readonly type?: 'string' | 'integer'
  /** Shown with `-o wide` only. */
  readonly wide?: true
  readonly cell: (object: ApiObject, now: Date) => string | number
}

export const nameColumn: Column = { name: 'Name', cell: ({ metadata }) => metadata.name }

export const ageColumn: Column = {
  name: 'Age',
  cell: ({ metadata }, now) => age(metadata.creationTimestamp, now),
}

/** The texts with commas between, `<none>` when there are none. */
export const listed = (texts: readonly string[]): string => (texts.length > 0 ? texts.join(',') : '<none>')

/** Labels, or a selector of labels. */
export const labelsText = (labels: Readonly<Record<string, string>>): string =>
  listed(
    Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
  )
