import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import ts from 'typescript'

const programs = new Set(['sh', 'bash', 'dash', 'ash', 'ksh', 'zsh', 'fish', 'busybox'])
const childProcess = /^(node:)?child_process$/

/** Why a part of a file could lead a text to a shell; undefined: it could not. */
const suspicion = (node: ts.Node): string | undefined => {
  if (ts.isImportDeclaration(node) && childProcess.test(literal(node.moduleSpecifier) ?? '')) {
    const bindings = node.importClause?.namedBindings
    if (!bindings || !ts.isNamedImports(bindings)) return 'imports all of child_process'
    const others = bindings.elements
      .filter(each => !each.isTypeOnly)
      .map(({ propertyName, name }) => (propertyName ?? name).text)
      .filter(name => name !== 'spawn')
    return others.length === 0 ? undefined : `imports ${others.join(', ')}`
  }
  const text = literal(node)
  if (text !== undefined && childProcess.test(text) && !ts.isImportDeclaration(node.parent))
    return `gets ${text} in another way than by import`
  if (text !== undefined && programs.has(basename(text))) return `names the shell ${text}`
  if (isNamed(node) && nameOf(node.name) === 'shell') return 'has an option shell'
  return undefined
}

const literal = (node: ts.Node): string | undefined => (ts.isStringLiteralLike(node) ? node.text : undefined)

const isNamed = (node: ts.Node): node is ts.PropertyAssignment | ts.ShorthandPropertyAssignment =>
  ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)

const nameOf = (name: ts.PropertyName): string | undefined =>
  ts.isIdentifier(name) ? name.text : literal(name)

const inFile = (file: string): readonly string[] => {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const reason = suspicion(node)
    if (reason !== undefined) found.push(reason)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Every place below `root` from which a text could come to a shell, a sentence each. */
export const shells = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join(root, name))
    .sort()
    .flatMap(file => inFile(file).map(reason => `${relative(root, file)}: ${reason}`))
