const handled = 'handle ClusterIPs; NOTE: this must be before the NodePort rules'
const nodePorts = 'handle service NodePorts; NOTE: this must be the last rule in the chain'
const cart = '-p tcp -m comment --comment "shop/cart:http" -m tcp --dport 80 -j REDIRECT --to-ports 14003'

/** A jump of ours, as `iptables-save -c` prints it. */
export const outputJump = `[9:540] -A OUTPUT -m comment --comment "${handled}" -j KUBE-PORTALS-HOST\n`

/** What `iptables-save -c` prints: a Service with a node port, one that nobody serves, and rules of a kube-proxy behind ours. */
export const saved = `*nat
:PREROUTING ACCEPT [1:60]
:OUTPUT ACCEPT [2:120]
:KUBE-NODEPORT-HOST - [0:0]
:KUBE-PORTALS-CONTAINER - [0:0]
:KUBE-PORTALS-HOST - [0:0]
:KUBE-SERVICES - [0:0]
[8:480] -A PREROUTING -m comment --comment "${handled}" -j KUBE-PORTALS-CONTAINER
[1:60] -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
${outputJump}[2:120] -A OUTPUT -m addrtype --dst-type LOCAL -m comment --comment "${nodePorts}" -j KUBE-NODEPORT-HOST
[0:0] -A KUBE-NODEPORT-HOST -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 30080 -j REDIRECT --to-ports 14003
[7:420] -A KUBE-PORTALS-CONTAINER -d 10.96.0.10/32 ${cart}
[2:120] -A KUBE-PORTALS-HOST -d 10.96.0.10/32 ${cart}
[4:240] -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "shop/cart:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-CART
COMMIT
*filter
:OUTPUT ACCEPT [0:0]
:KUBE-PORTAL-REFUSE - [0:0]
[3:180] -A OUTPUT -m conntrack --ctstate NEW -m comment --comment "refuse new clients of portals without endpoints" -j KUBE-PORTAL-REFUSE
[3:180] -A KUBE-PORTAL-REFUSE -d 10.96.0.11/32 -p tcp -m comment --comment "shop/edge" -m tcp --dport 443 -j REJECT --reject-with tcp-reset
COMMIT
`
