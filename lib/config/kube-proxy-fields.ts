import type { AppliedField, Field, FieldType, OtherField } from './field.js'

const applied = (
  path: string,
  type: FieldType,
  [option, about]: readonly [string, string],
): AppliedField => ({
  ...{ path, type, option, about },
})

type Row = readonly [path: string, type: FieldType, flag?: string, asIs?: readonly string[]]

/** Fields that do not apply for one reason. */
const other = (why: string, rows: readonly Row[]): readonly OtherField[] =>
  rows.map(([path, type, flag, asIs]) => ({
    ...{ path, type, why },
    ...(flag !== undefined && { flag }),
    ...(asIs && { asIs }),
  }))

const userspace = 'Services are served in userspace, whatever is said here'
const sysctls = 'no sysctl is changed; set it in /etc/sysctl.d'
const masquerade = "endpoints see the node's address anyway"
const json = 'objects are asked for as JSON'
const requests = 'two or three requests are made, and their answers watched'
const windows = 'this is not Windows'
const log = 'each line is written to standard error at once'

/** All fields of KubeProxyConfiguration in kube-proxy 1.20 to 1.36. */
export const kubeProxyFields: readonly Field[] = [
  applied('clientConnection.kubeconfig', 'text', ['kubeconfig', 'the kubeconfig file']),
  ...other(json, [
    ['clientConnection.acceptContentTypes', 'text'],
    ['clientConnection.contentType', 'text', '--kube-api-content-type'],
  ]),
  ...other(requests, [
    ['clientConnection.qps', 'number', '--kube-api-qps'],
    ['clientConnection.burst', 'integer', '--kube-api-burst'],
  ]),
  applied('hostnameOverride', 'text', ['hostnameOverride', 'the name of this Node in the cluster']),
  ...other("listeners are at all of the node's addresses, and closed to whoever was not led there", [
    ['bindAddress', 'text', '--bind-address', ['0.0.0.0', '::']],
  ]),
  ...other('a port that cannot be had is said and tried again, and harms no other', [
    ['bindAddressHardFail', 'flag', '--bind-address-hard-fail'],
  ]),
  applied('healthzBindAddress', 'text', [
    'healthzBindAddress',
    'where /healthz is answered: 0.0.0.0:10256; port 0: nowhere',
  ]),
  applied('metricsBindAddress', 'text', [
    'metricsBindAddress',
    'where /metrics is answered: 127.0.0.1:10249',
  ]),
  ...other('there is no /debug/pprof', [['enableProfiling', 'flag', '--profiling']]),
  ...other('no metric is hidden', [
    ['showHiddenMetricsForVersion', 'text', '--show-hidden-metrics-for-version'],
  ]),
  ...other('there are no feature gates', [['featureGates', 'flags', '--feature-gates']]),
  applied(
    'detectLocalMode',
    ['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix'],
    ['detectLocalMode', "how this node's own pods are told from others"],
  ),
  applied('detectLocal.bridgeInterface', 'text', [
    'podBridgeInterface',
    'the bridge of the pods, for BridgeInterface',
  ]),
  applied('detectLocal.interfaceNamePrefix', 'text', [
    'podInterfaceNamePrefix',
    "how names of pods' interfaces begin, for InterfaceNamePrefix",
  ]),
  applied('clusterCIDR', 'text', ['clusterCidr', 'the ranges of all pods, with commas between them']),
  applied('nodePortAddresses', 'texts', [
    'nodeportAddresses',
    'where node ports are: ranges of addresses, primary, localhost',
  ]),
  ...other(userspace, [
    ['mode', ['userspace', 'iptables', 'ipvs', 'nftables', 'kernelspace'], '--proxy-mode', ['userspace']],
  ]),
  applied('iptables.syncPeriod', 'duration', [
    'iptablesSyncPeriod',
    'rules are looked at this often at least',
  ]),
  applied('iptables.minSyncPeriod', 'duration', ['iptablesMinSyncPeriod', 'and this often at most']),
  ...other(masquerade, [
    ['iptables.masqueradeBit', 'integer', '--iptables-masquerade-bit'],
    ['iptables.masqueradeAll', 'flag', '--masquerade-all'],
    ['iptables.snatNodeInternalIP', 'flag'],
  ]),
  ...other('nodePortAddresses says where node ports are', [
    ['iptables.localhostNodePorts', 'flag', '--iptables-localhost-nodeports', ['true']],
  ]),
  ...other(userspace, [
    ['ipvs.syncPeriod', 'duration', '--ipvs-sync-period'],
    ['ipvs.minSyncPeriod', 'duration', '--ipvs-min-sync-period'],
    ['ipvs.scheduler', 'text', '--ipvs-scheduler'],
    ['ipvs.excludeCIDRs', 'texts', '--ipvs-exclude-cidrs'],
    ['ipvs.strictARP', 'flag', '--ipvs-strict-arp'],
    ['ipvs.tcpTimeout', 'duration', '--ipvs-tcp-timeout'],
    ['ipvs.tcpFinTimeout', 'duration', '--ipvs-tcpfin-timeout'],
    ['ipvs.udpTimeout', 'duration', '--ipvs-udp-timeout'],
    ['nftables.syncPeriod', 'duration'],
    ['nftables.minSyncPeriod', 'duration'],
    ['nftables.masqueradeBit', 'integer'],
    ['nftables.masqueradeAll', 'flag'],
  ]),
  applied('portRange', 'text', ['proxyPortRange', 'local ports to listen on, one per service port']),
  applied('udpIdleTimeout', 'duration', [
    'udpTimeout',
    'UDP clients on whose flow nothing goes for so long are forgotten',
  ]),
  ...other(sysctls, [
    ['conntrack.maxPerCore', 'integer', '--conntrack-max-per-core'],
    ['conntrack.min', 'integer', '--conntrack-min'],
    ['conntrack.tcpEstablishedTimeout', 'duration', '--conntrack-tcp-timeout-established'],
    ['conntrack.tcpCloseWaitTimeout', 'duration', '--conntrack-tcp-timeout-close-wait'],
    ['conntrack.tcpBeLiberal', 'flag', '--conntrack-tcp-be-liberal'],
    ['conntrack.udpTimeout', 'duration', '--conntrack-udp-timeout'],
    ['conntrack.udpStreamTimeout', 'duration', '--conntrack-udp-timeout-stream'],
  ]),
  ...other('whoever starts this sets it (OOMScoreAdjust= in a unit)', [
    ['oomScoreAdj', 'integer', '--oom-score-adj'],
  ]),
  ...other('changes are watched, and nothing is asked for anew', [
    ['configSyncPeriod', 'duration', '--config-sync-period'],
  ]),
  applied('logging.format', ['text', 'json'], ['loggingFormat', 'lines for people, or JSON']),
  applied('logging.verbosity', 'integer', ['v', 'how much to say, 0 to 10']),
  ...other(log, [
    ['logging.flushFrequency', 'span', '--log-flush-frequency'],
    ['logging.options.json.infoBufferSize', 'size', '--log-json-info-buffer-size'],
    ['logging.options.json.splitStream', 'flag', '--log-json-split-stream'],
    ['logging.options.text.infoBufferSize', 'size', '--log-text-info-buffer-size'],
    ['logging.options.text.splitStream', 'flag', '--log-text-split-stream'],
  ]),
  ...other('one verbosity is for all of the program', [['logging.vmodule', 'list', '--vmodule']]),
  ...other(windows, [
    ['winkernel.networkName', 'text', '--network-name'],
    ['winkernel.sourceVip', 'text', '--source-vip'],
    ['winkernel.enableDSR', 'flag', '--enable-dsr'],
    ['winkernel.rootHnsEndpointName', 'text', '--root-hnsendpoint-name'],
    ['winkernel.forwardHealthCheckVip', 'flag', '--forward-healthcheck-vip'],
    ['windowsRunAsService', 'flag', '--windows-service'],
  ]),
]
