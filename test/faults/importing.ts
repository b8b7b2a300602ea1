/** A command that becomes kube-portal with `script`, a module, loaded before it. */
export const importing = (script: string, ...options: readonly string[]): readonly string[] => {
  const module = `data:text/javascript,${encodeURIComponent(script)}`
  return ['env', `NODE_OPTIONS=${[...options, '--import', module].join(' ')}`]
}
