import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import ts from 'typescript'

/** What the files of a folder of `lib` may import. */
interface Layer {
  readonly imports?: readonly string[]
  /** Folders of which only types may be imported. */
  readonly types?: readonly string[]
  readonly packages?: readonly string[]
  /** Of Node's modules that touch the world; the others are free to all. */
  readonly node?: readonly string[]
}

/** The design, as data: who may know whom. An arrow that is not here does not exist. */
const layers: Readonly<Record<string, Layer>> = {
  model: { node: ['net'] },
  balancer: { imports: ['model'] },
  host: { imports: ['model'], node: ['child_process', 'fs'] },
  // Byte streams over Node's TCP handles, for those who accept and those who dial.
  stream: { imports: ['model'], node: ['net'] },
  dataplane: { imports: ['model', 'stream'], types: ['balancer', 'reach'], node: ['net', 'dgram'] },
  // This machine's routes as values, and the program that reads and changes them.
  routing: { imports: ['model'], types: ['host'] },
  capture: { imports: ['model', 'routing'], types: ['host'] },
  reach: {
    imports: ['model', 'routing', 'stream'],
    types: ['host'],
    packages: ['ws'],
    node: ['net', 'https'],
  },
  // http: for `--master http://…`, which is what `kubectl proxy` offers.
  watch: { imports: ['model'], packages: ['@kubernetes/client-node'], node: ['http', 'http2', 'https'] },
  observe: { imports: ['model'], packages: ['winston'], node: ['http'] },
  proxy: { imports: ['model', 'balancer', 'dataplane', 'capture', 'reach'], types: ['host'] },
  // Names of Services, for other programs of this machine.
  names: { imports: ['model'], types: ['host'] },
  control: { imports: ['model'], types: ['proxy'], node: ['http', 'net'] },
  // What a process leaves to its successor: sockets, and who is served where.
  takeover: {
    imports: ['model', 'dataplane'],
    types: ['balancer', 'host'],
    node: ['net', 'dgram', 'child_process'],
  },
  config: { imports: ['model'], packages: ['ajv', 'yaml'] },
  sandbox: {
    imports: ['model', 'host'],
    packages: ['@peculiar/x509', 'reflect-metadata'],
    node: ['http', 'https', 'http2', 'net', 'dgram'],
  },
  // What those get who embed the proxy.
  'index.ts': {
    imports: [
      'model',
      'balancer',
      'stream',
      'dataplane',
      'reach',
      'capture',
      'routing',
      'proxy',
      'host',
      'observe',
      'cli',
    ],
  },
  cli: {
    imports: [
      ...['model', 'balancer', 'host', 'dataplane', 'capture', 'reach', 'watch', 'observe', 'proxy'],
      // Not the sandbox, which is no part of the package.
      ...['control', 'config', 'names', 'stream', 'takeover', 'routing'],
    ],
    packages: ['commander'],
  },
}

const guarded = new Set(['net', 'dgram', 'http', 'http2', 'https', 'child_process', 'fs'])

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

const importsOf = (file: string): Import[] =>
  ts
    .createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022)
    .statements.flatMap(statement => {
      const exported = ts.isExportDeclaration(statement)
      if (!exported && !ts.isImportDeclaration(statement)) return []
      const { moduleSpecifier } = statement
      if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) return []
      const typeOnly = exported
        ? statement.isTypeOnly
        : statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      return [{ from: file, to: moduleSpecifier.text, typeOnly }]
    })

const sourceFiles = (root: string): string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join(root, name))
    .sort()

const folderOf = (lib: string, file: string): string => relative(lib, file).split('/')[0] ?? ''

const targetOf = ({ from, to }: Import): string => normalize(join(dirname(from), to.replace(/\.js$/, '.ts')))

const packageOf = (to: string): string => to.split('/', to.startsWith('@') ? 2 : 1).join('/')

const judge = (lib: string, edge: Import): string[] => {
  const folder = folderOf(lib, edge.from)
  const layer = layers[folder]
  const where = relative(lib, edge.from)
  if (!layer) return [`${where}: the folder '${folder}' is not in test/layers.ts`]
  if (edge.to.startsWith('.')) {
    const other = folderOf(lib, targetOf(edge))
    if (other === folder || layer.imports?.includes(other)) return []
    if (layer.types?.includes(other))
      return edge.typeOnly ? [] : [`${where}: ${folder} may import only types of ${other} ('${edge.to}')`]
    return [`${where}: ${folder} may not import ${other} ('${edge.to}')`]
  }
  if (edge.to.startsWith('node:')) {
    const module = edge.to.slice('node:'.length).split('/')[0] ?? ''
    const free = !guarded.has(module) || edge.typeOnly
    return free || layer.node?.includes(module) ? [] : [`${where}: ${folder} may not import ${edge.to}`]
  }
  return layer.packages?.includes(packageOf(edge.to))
    ? []
    : [`${where}: ${folder} may not import the package ${edge.to}`]
}

/** Circles among files, types included: a reader should be able to start somewhere. */
const circles = (edges: readonly Import[]): string[] => {
  const targets = new Map<string, string[]>()
  for (const edge of edges)
    if (edge.to.startsWith('.')) targets.set(edge.from, [...(targets.get(edge.from) ?? []), targetOf(edge)])
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' -> ')]
    if (done.has(file)) return []
    done.add(file)
    return (targets.get(file) ?? []).flatMap(next => visit(next, [...path, file]))
  }
  return [...targets.keys()].flatMap(file => visit(file, []))
}

const sharedPackages = (lib: string, edges: readonly Import[]): string[] => {
  const users = new Map<string, Set<string>>()
  for (const { from, to } of edges) {
    if (to.startsWith('.') || to.startsWith('node:')) continue
    users.set(packageOf(to), (users.get(packageOf(to)) ?? new Set()).add(folderOf(lib, from)))
  }
  return [...users]
    .filter(([, folders]) => folders.size > 1)
    .map(([name, folders]) => `the package ${name} is imported in ${[...folders].join(' and ')}`)
}

/** Every import below `lib` that goes against the design, a sentence each. */
export const violations = (lib: string): string[] => {
  const edges = sourceFiles(lib).flatMap(importsOf)
  return [...edges.flatMap(edge => judge(lib, edge)), ...circles(edges), ...sharedPackages(lib, edges)]
}
