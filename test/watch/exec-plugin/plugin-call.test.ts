import t from 'tap'
import { pluginChoice } from '../../../lib/watch/exec-plugin/plugin-call.js'

const apiVersion = 'client.authentication.k8s.io/v1beta1'
const cluster = {
  ...{ server: 'https://192.0.2.1:6443', skipTLSVerify: true, tlsServerName: 'kube.test', ca: 'Q0E=' },
  ...{ proxyUrl: 'http://proxy:3128', config: { audience: 'x' } },
}

const call = (exec: object) =>
  pluginChoice({ command: 'aws', apiVersion, ...exec }, { cluster, origin: 'config' }).call

t.test('a plugin gets its arguments and variables, and what it is asked in', async t => {
  const { command, args, variables } = call({ args: ['token'], env: [{ name: 'AWS_PROFILE', value: 'dev' }] })
  t.strictSame([command, args, variables.AWS_PROFILE], ['aws', ['token'], 'dev'])
  t.strictSame(JSON.parse(variables.KUBERNETES_EXEC_INFO ?? ''), {
    ...{ kind: 'ExecCredential', apiVersion, spec: { interactive: false } },
  })
})

t.test('a plugin that wants to know the cluster is told all of it', async t => {
  const { variables } = call({ provideClusterInfo: true })
  t.strictSame(JSON.parse(variables.KUBERNETES_EXEC_INFO ?? ''), {
    ...{ kind: 'ExecCredential', apiVersion },
    spec: {
      interactive: false,
      cluster: {
        server: 'https://192.0.2.1:6443',
        'tls-server-name': 'kube.test',
        'insecure-skip-tls-verify': true,
        'certificate-authority-data': 'Q0E=',
        'proxy-url': 'http://proxy:3128',
        config: { audience: 'x' },
      },
    },
  })
})

t.test('a plugin without a command, or of a version that is gone, is refused', async t => {
  t.throws(() => call({ command: '' }), { message: 'config has an exec plugin without a command' })
  t.throws(() => call({ apiVersion: 'client.authentication.k8s.io/v1alpha1' }), {
    code: 'usage',
    message:
      'config has the exec plugin aws with the apiVersion "client.authentication.k8s.io/v1alpha1", which is none of client.authentication.k8s.io/v1, client.authentication.k8s.io/v1beta1',
  })
})
