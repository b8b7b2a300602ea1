import { writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { createCertificates } from '../../lib/sandbox/api/certificates.js'
import { kubeconfigFor } from '../../lib/sandbox/api/serve/kubeconfig.js'
import type { Tokens } from '../../lib/sandbox/api/serve/authorization.js'
import { inNamespace } from '../namespace.js'
import { newStore, startSandbox } from '../sandbox/api/sandbox.js'
import { type Ended, kubePortal } from './command.js'

const tokens: Tokens = {
  admin: { name: 'ada' },
  reader: { name: 'rob', may: (verb, resource) => resource !== 'endpointslices' && verb !== 'watch' },
}

/** Runs `run --dry-run` and `run` as `token` against a server, trusting `ca` where it is given. */
const bothRuns = async (t: Test, token: string, ca?: string): Promise<Ended[]> => {
  const { server } = await startSandbox(newStore(), tokens)
  t.teardown(() => server.close())
  const folder = t.testdir()
  const access = { url: server.url, ca: ca ?? server.ca, token }
  writeFileSync(`${folder}/config`, kubeconfigFor(access))
  const args = ['run', '--kubeconfig', `${folder}/config`]
  return [await kubePortal([...args, '--dry-run']), await kubePortal(args)]
}

/** What it said last, without times. */
const lastWords = ({ stderr }: Ended): string =>
  stderr
    .split('\n')
    .filter(line => !/^\d{4}-/.test(line))
    .join('\n')

await inNamespace(import.meta.url, () => {
  t.test('a token that the server does not know ends it with 4, and says what to renew', async t => {
    for (const ended of await bothRuns(t, 'nobodys')) {
      t.equal(ended.code, 4)
      t.match(
        lastWords(ended),
        /^kube-portal: cannot list \w+: .*Unauthorized.*\n {2}what to do: renew the credentials of the kubeconfig/,
      )
    }
  })

  t.test('a missing right ends it with 4, and names verb, resource and the rule to grant', async t => {
    for (const ended of await bothRuns(t, 'reader')) {
      t.equal(ended.code, 4)
      t.equal(
        lastWords(ended),
        [
          'kube-portal: cannot list endpointslices: the server answered 403: endpointslices.discovery.k8s.io is forbidden: User "rob" cannot list resource "endpointslices" in API group "discovery.k8s.io" at the cluster scope',
          '  what to do: let an administrator of the cluster apply this, which gives it to rob; or limit it to namespaces where you have it, with -n:',
          '',
          "kubectl apply -f - <<'EOF'",
          'apiVersion: rbac.authorization.k8s.io/v1',
          'kind: ClusterRole',
          'metadata: { name: kube-portal-user }',
          'rules:',
          '- { apiGroups: [""], resources: [services], verbs: [list, watch] }',
          '- { apiGroups: ["discovery.k8s.io"], resources: [endpointslices], verbs: [list, watch] }',
          '- { apiGroups: [""], resources: [nodes], verbs: [list, watch] }',
          '---',
          'apiVersion: rbac.authorization.k8s.io/v1',
          'kind: ClusterRoleBinding',
          'metadata: { name: kube-portal-user }',
          'roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kube-portal-user }',
          'subjects:',
          '- { kind: User, apiGroup: rbac.authorization.k8s.io, name: rob }',
          'EOF',
          '',
        ].join('\n'),
      )
    }
  })

  t.test('a certificate of somebody else is not accepted', async t => {
    const { ca } = await createCertificates(['127.0.0.1'], new Date())
    for (const ended of await bothRuns(t, 'admin', ca)) {
      t.equal(ended.code, 4)
      t.match(
        lastWords(ended),
        /^kube-portal: cannot list \w+: .*certificate.*\n {2}what to do: give the kubeconfig this server's certificate-authority/,
      )
    }
  })
})
