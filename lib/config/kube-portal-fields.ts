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
    path: 'namespaces',
    type: 'texts',
    option: 'namespace',
    about: 'only Services of these namespaces, with rights in no others; by default all',
  },
  {
    path: 'capture',
    type: ['auto', 'redirect', 'dnat', 'bind', 'socks', 'none'],
    option: 'capture',
    about: 'how clients are led here; by default auto: redirect, else what the machine and our rights allow',
  },
  {
    path: 'reach',
    type: ['auto', 'direct', 'routes', 'portforward'],
    option: 'reach',
    about:
      'how endpoints are reached; by default auto: direct on a Node and where that works, else routes, else portforward',
  },
  {
    path: 'serviceRoutes',
    type: ['auto', 'always', 'never'],
    option: 'serviceRoutes',
    about: 'whether cluster IPs are made to end here; by default auto: where this machine is no Node',
  },
  {
    path: 'allowOverlap',
    type: 'flag',
    option: 'allowOverlap',
    about: 'add routes even where others lead to the same addresses',
  },
  {
    path: 'socksBindAddress',
    type: 'text',
    option: 'socksBindAddress',
    about: 'where capture socks listens; by default 127.0.0.1:1080',
  },
  {
    path: 'dns',
    type: ['none', 'hosts', 'resolved'],
    option: 'dns',
    about: "how programs here learn Services' names; by default none: not at all",
  },
  {
    path: 'clusterDomain',
    type: 'text',
    option: 'clusterDomain',
    about: "what the cluster's own names end with; by default cluster.local",
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
