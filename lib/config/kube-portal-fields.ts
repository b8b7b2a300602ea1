import type { AppliedField } from './field.js'

/** All fields of KubePortalConfiguration: what can be set here and not in kube-proxy's document. */
export const kubePortalFields: readonly AppliedField[] = [
  {
    path: 'context',
    type: 'text',
    option: 'context',
    about: "which of the kubeconfig's contexts; by default its current one",
  },
  {
    path: 'master',
    type: 'text',
    option: 'master',
    about: "the API server's URL, instead of the kubeconfig's",
  },
  {
    path: 'capture',
    type: ['redirect', 'dnat', 'bind', 'none'],
    option: 'capture',
    about: 'how clients are led here; by default redirect',
  },
  {
    path: 'iptablesBackend',
    type: ['auto', 'nft', 'legacy'],
    option: 'iptablesBackend',
    about: 'which iptables to use; by default auto: the one that already holds rules',
  },
  {
    path: 'force',
    type: 'flag',
    option: 'force',
    about: 'go before a kube-proxy that has rules in force for the same Services',
  },
  {
    path: 'externalCIDRs',
    type: 'texts',
    option: 'externalCidrs',
    about: 'external and load-balancer IPs are served only inside these ranges; by default anywhere',
  },
  {
    path: 'serviceClusterIPRange',
    type: 'texts',
    option: 'serviceClusterIpRange',
    about: 'where cluster IPs are, so no external IP may be; by default as the API server says',
  },
  {
    path: 'drainTimeout',
    type: 'duration',
    option: 'drainTimeout',
    about: 'on stop, how long open connections may go on; 0s: not at all; by default 10s',
  },
  {
    path: 'tcpIdleTimeout',
    type: 'duration',
    option: 'tcpIdleTimeout',
    about: 'connections on which nothing goes for so long are reset; 0s, the default: never',
  },
  {
    path: 'onEndpointGone',
    type: 'text',
    option: 'onEndpointGone',
    about:
      'TCP connections whose endpoint is removed: keep, the default; reset (at once); reset=30s (after a grace)',
  },
  {
    path: 'onCrash',
    type: ['auto', 'keep', 'undo'],
    option: 'onCrash',
    about: 'what becomes of rules, routes and addresses when it ends without a stop; by default auto',
  },
  {
    path: 'metricsServices',
    type: 'integer',
    option: 'metricsServices',
    about: 'how many Services have numbers of their own in /metrics; by default 1000',
  },
  {
    path: 'stateDir',
    type: 'text',
    option: 'stateDir',
    about: 'the folder where local ports are remembered; by default /run/kube-portal',
  },
]
