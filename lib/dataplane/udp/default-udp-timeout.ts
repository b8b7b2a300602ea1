import { seconds } from '../../model/milliseconds.js'

/**
 * How long a flow may be idle unless somebody says otherwise. As long as the kernel itself remembers one that was answered
 * (`nf_conntrack_udp_timeout_stream`): an answer later than that finds no way back to the client. It is longer than QUIC's usual 30 s,
 * too. A flow of DNS is over after one answer; those that are left idle like that are bounded in number and make room first.
 */
export const defaultUdpTimeout = seconds(120)
