/** Where the API server is, and by what it is known. */
export interface Published {
  readonly url: string
  readonly ca: string
}

/** A cluster of the user's that has nothing to do with kind; an address of RFC 5737, where nobody answers. */
const office = { server: 'https://192.0.2.10:6443' }

/**
 * The user's kubeconfig, as kind leaves it beside what was there: the context kind-kind is current, and each name in `tokens` is
 * another one for the same cluster.
 */
export const kubeconfigOf = ({ url, ca }: Published, tokens: Readonly<Record<string, string>>): string => {
  const kind = { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') }
  const contexts = ['kind-kind', ...Object.keys(tokens)]
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'office', cluster: office },
      { name: 'kind-kind', cluster: kind },
    ],
    users: [
      { name: 'office', user: { token: 'of-the-office' } },
      { name: 'kind-kind', user: { token: 'anybody' } },
      ...Object.entries(tokens).map(([name, token]) => ({ name, user: { token } })),
    ],
    contexts: [
      { name: 'office', context: { cluster: 'office', user: 'office' } },
      ...contexts.map(name => ({ name, context: { cluster: 'kind-kind', user: name } })),
    ],
    'current-context': 'kind-kind',
  }
  return `${JSON.stringify(config, undefined, 2)}\n`
}
