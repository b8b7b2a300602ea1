import { hostname } from 'node:os'

/** This machine's name in the cluster, as kube-proxy finds it: as told, else $NODE_NAME, else the host name in lower case. */
export const nodeName = (told: string | undefined): string =>
  (told ?? process.env.NODE_NAME ?? hostname()).trim().toLowerCase()
