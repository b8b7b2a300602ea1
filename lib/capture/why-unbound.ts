import type { Portal } from '../model/portal.js'

/**
 * Why nobody may be met at `portal` by listening on it, without rules in front; undefined where that is well. Whom the kernel
 * does not keep out has connected by the time that we see where he is from.
 */
export const whyUnbound = (portal: Portal): string | undefined =>
  portal.kind === 'load-balancer' && portal.sources
    ? 'without iptables nobody can be kept out who is not in its loadBalancerSourceRanges (--capture redirect can)'
    : undefined
