/** How to reach the sandbox, and as whom. */
export interface Access {
  readonly url: string
  readonly ca: string | undefined
  /** A bearer token; absent where the server asks for none. */
  readonly token?: string
  /** What the context is called; default `sandbox`. */
  readonly name?: string
}

/** A kubeconfig file with one context. It is JSON, which is YAML too. */
export const kubeconfigFor = ({ url, ca, token, name = 'sandbox' }: Access): string => {
  const cluster = {
    server: url,
    ...(ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
  }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name, user: token === undefined ? {} : { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    'current-context': name,
  }
  return `${JSON.stringify(config, undefined, 2)}\n`
}
