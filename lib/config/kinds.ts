import type { Kind } from './field.js'
import { kubePortalFields } from './kube-portal-fields.js'
import { kubeProxyFields } from './kube-proxy-fields.js'

export const kubeProxy: Kind = {
  kind: 'KubeProxyConfiguration',
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  fields: kubeProxyFields,
  zeroIsDefault: true,
}

export const kubePortal: Kind = {
  kind: 'KubePortalConfiguration',
  apiVersion: 'kube-portal.dev/v1alpha1',
  fields: kubePortalFields,
  zeroIsDefault: false,
}

/** What documents in a configuration file can be, each at most once. */
export const kinds: readonly Kind[] = [kubeProxy, kubePortal]
