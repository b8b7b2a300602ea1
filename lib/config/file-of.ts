import { stringify } from 'yaml'
import type { Json } from './json.js'

/** A file of these documents, in YAML. */
export const fileOf = (documents: readonly Json[]): string =>
  documents.map(document => stringify(document)).join('---\n')
