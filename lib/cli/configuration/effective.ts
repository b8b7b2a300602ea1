import { documentOf, type Values } from '../../config/document-of.js'
import type { Json } from '../../config/json.js'
import { kubePortal, kubeProxy } from '../../config/kinds.js'
import { type Cidr, cidrText } from '../../model/cidr.js'
import { goDuration } from '../../model/duration.js'
import { endpointText } from '../../model/endpoint.js'
import { anyAddress } from '../../model/ip-address.js'
import type { Milliseconds } from '../../model/milliseconds.js'
import { portRangeText } from '../../model/port-range.js'
import { onEndpointGoneText } from '../../model/terms.js'
import type { HttpPlace } from '../../observe/http-port.js'
import { httpPlaces } from '../http-places.js'
import type { RunOptions } from '../options.js'

const placeText = (place: HttpPlace | undefined): string =>
  // Port 0 is kube-proxy's way to say that there is none, as '' is the default.
  place ? endpointText({ address: anyAddress.IPv4, ...place }) : '0.0.0.0:0'

const texts = (cidrs: readonly Cidr[] | undefined): readonly string[] | undefined => cidrs?.map(cidrText)

/** In kube-proxy's file, 0s is the default. Nobody notices the difference. */
const notZero = (span: Milliseconds): string => (span === 0 ? '1ns' : goDuration(span))

const valuesOf = (options: RunOptions, { health, metrics } = httpPlaces(options)): Values => ({
  kubeconfig: options.kubeconfig,
  hostnameOverride: options.hostnameOverride,
  healthzBindAddress: placeText(health),
  metricsBindAddress: placeText(metrics),
  metricsServices: options.metricsServices,
  namespace: options.namespace,
  reach: options.reach,
  serviceRoutes: options.serviceRoutes,
  allowOverlap: options.allowOverlap,
  socksBindAddress: endpointText(options.socksBindAddress),
  dns: options.dns,
  clusterDomain: options.clusterDomain,
  detectLocalMode: options.detectLocalMode,
  podBridgeInterface: options.podBridgeInterface,
  podInterfaceNamePrefix: options.podInterfaceNamePrefix,
  clusterCidr: texts(options.clusterCidr)?.join(','),
  nodeportAddresses: options.nodeportAddresses?.map(each => (each === 'primary' ? each : cidrText(each))),
  iptablesSyncPeriod: goDuration(options.iptablesSyncPeriod),
  iptablesMinSyncPeriod: notZero(options.iptablesMinSyncPeriod),
  proxyPortRange: portRangeText(options.proxyPortRange),
  udpTimeout: goDuration(options.udpTimeout),
  loggingFormat: options.loggingFormat,
  v: options.v,
  context: options.context,
  master: options.master,
  capture: options.capture,
  iptablesBackend: options.iptablesBackend,
  force: options.force,
  externalCidrs: texts(options.externalCidrs),
  serviceClusterIpRange: texts(options.serviceClusterIpRange),
  drainTimeout: goDuration(options.drainTimeout),
  tcpIdleTimeout: goDuration(options.tcpIdleTimeout),
  onEndpointGone: onEndpointGoneText(options.onEndpointGone),
  onCrash: options.onCrash,
  stateDir: options.stateDir,
})

/** A configuration by the API groups of its documents, as kube-proxy's `/configz` answers. */
export type EffectiveConfiguration = Readonly<
  Record<'kubeproxy.config.k8s.io' | 'kube-portal.dev', Readonly<Record<string, Json>>>
>

/** What is in force with these options: kube-proxy's document, as far as it applies, and ours. Each is one that `--config` reads. */
export const effectiveConfiguration = (options: RunOptions): EffectiveConfiguration => {
  const values = valuesOf(options)
  return {
    'kubeproxy.config.k8s.io': { ...documentOf(kubeProxy, values), mode: 'userspace' },
    'kube-portal.dev': documentOf(kubePortal, values),
  }
}
