import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type ScalarTag,
  visit,
} from 'yaml'
import { errorText } from '../model/error-text.js'
import type { Mistake, Place } from './mistake.js'

/** A way into a document: names of fields, and numbers of elements. */
export type Way = readonly string[]

/** What a file says in one of its documents. */
export interface ParsedDocument {
  readonly value: unknown
  /** Where that is, or what comes nearest to it. */
  placeOf(way: Way): Place
  /** Where the name of a field is, rather than its value. */
  placeOfName(way: Way): Place
}

export interface Parsed {
  readonly documents: readonly ParsedDocument[]
  readonly mistakes: readonly Mistake[]
}

// As the parser of kube-proxy has it, and so YAML 1.1; for all else YAML 1.2 is near enough.
const flag: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  identify: value => typeof value === 'boolean',
  test: /^(?:y|Y|[Yy]es|YES|n|N|[Nn]o|NO|[Tt]rue|TRUE|[Ff]alse|FALSE|[Oo]n|ON|[Oo]ff|OFF)$/,
  resolve: text => /^(?:y|true|on)/i.test(text),
}

const nodeAt = (document: Document, way: Way): Node | undefined => {
  let node: unknown = document.contents
  for (const name of way) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) node = node.get(name, true)
    else if (isSeq(node)) node = node.get(Number(name), true)
    else return undefined
  }
  return isNode(node) ? node : undefined
}

const nameAt = (document: Document, way: Way): Node | undefined => {
  const parent = nodeAt(document, way.slice(0, -1))
  const map = isAlias(parent) ? parent.resolve(document) : parent
  const pair = isMap(map)
    ? map.items.find(({ key }) => isScalar(key) && String(key.value) === way.at(-1))
    : undefined
  return isNode(pair?.key) ? pair.key : undefined
}

const parsed = (document: Document, placeAt: (offset: number) => Place): ParsedDocument => {
  const place = (node: Node | undefined, way: Way): Place => {
    const [start] = node?.range ?? []
    if (start !== undefined) return placeAt(start)
    return way.length === 0 ? placeAt(document.range?.[0] ?? 0) : placeOf(way.slice(0, -1))
  }
  const placeOf = (way: Way): Place => place(nodeAt(document, way), way)
  return {
    value: document.toJS(),
    placeOf,
    placeOfName: way => place(nameAt(document, way), way),
  }
}

interface AliasMistake {
  readonly offset: number
  readonly text: string
}

/** What is wrong with the aliases of a document. */
const aliasMistake = (document: Document): AliasMistake | undefined => {
  let mistake: AliasMistake | undefined
  visit(document, {
    Alias: (_, alias, above) => {
      const meant = alias.resolve(document)
      if (meant && !above.some(node => node === meant)) return undefined
      const what = meant ? `&${alias.source} would be in itself` : `there is no &${alias.source} before this`
      mistake = { offset: alias.range?.[0] ?? 0, text: what }
      return visit.BREAK
    },
  })
  return mistake
}

const isEmpty = ({ contents }: Document): boolean =>
  contents === null || (isScalar(contents) && contents.value === null)

/** Reads YAML, of which JSON is a part: all that is not empty in it. */
export const parseDocuments = (text: string): Parsed => {
  const lines = new LineCounter()
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const documents: ParsedDocument[] = []
  const mistakes: Mistake[] = []
  const note = (place: Place, said: string): void => void mistakes.push({ ...place, path: '', text: said })
  for (const document of parseAllDocuments(text, {
    ...{ lineCounter: lines, prettyErrors: false, logLevel: 'error', merge: true },
    customTags: tags => [flag, ...tags],
  })) {
    for (const { pos, message } of document.errors) note(placeAt(pos[0]), message)
    if (document.errors.length > 0 || isEmpty(document)) continue
    const mistake = aliasMistake(document)
    if (mistake) {
      note(placeAt(mistake.offset), mistake.text)
      continue
    }
    try {
      documents.push(parsed(document, placeAt))
    } catch (error) {
      // Too many aliases of aliases.
      note(placeAt(document.range[0]), errorText(error))
    }
  }
  return { documents, mistakes }
}
