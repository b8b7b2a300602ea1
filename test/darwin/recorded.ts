/*
 * What programs of macOS print, from published reports; addresses are others now. Where each comes from is said with it.
 */

/** `ifconfig -a` of macOS 26, Apple silicon, with a VPN and a bridge of virtual machines: lo0 from notes on loopback aliases. */
export const ifconfig = `lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384
\toptions=1203<RXCSUM,TXCSUM,TXSTATUS,SW_TIMESTAMP>
\tinet 127.0.0.1 netmask 0xff000000
\tinet6 ::1 prefixlen 128
\tinet6 fe80::1%lo0 prefixlen 64 scopeid 0x1
\tnd6 options=201<PERFORMNUD,DAD>
gif0: flags=8010<POINTOPOINT,MULTICAST> mtu 1280
stf0: flags=0<> mtu 1280
en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
\toptions=6460<TSO4,TSO6,CHANNEL_IO,PARTIAL_CSUM,ZEROINVERT_CSUM>
\tether 02:00:5e:10:00:01
\tinet6 fe80::4b5:6dfc:28cc:a39f%en0 prefixlen 64 secured scopeid 0xb
\tinet 192.0.2.23 netmask 0xffffff00 broadcast 192.0.2.255
\tinet6 2001:db8:2::1caa:a604 prefixlen 64 autoconf secured
\tnd6 options=201<PERFORMNUD,DAD>
\tmedia: autoselect
\tstatus: active
bridge100: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
\toptions=3<RXCSUM,TXCSUM>
\tether 02:00:5e:10:00:64
\tinet 198.51.100.1 netmask 0xffffff00 broadcast 198.51.100.255
\tConfiguration:
\t\tid 0:0:0:0:0:0 priority 0 hellotime 0 fwddelay 0
\t\tmaxage 0 holdcnt 0 proto stp maxaddr 100 timeout 1200
\tmember: vmenet0 flags=3<LEARNING,DISCOVER>
\tstatus: active
utun3: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> mtu 1280
\tinet 203.0.113.58 --> 203.0.113.58 netmask 0xffffffff
\tinet6 fe80::aede:48ff:fe00:1122%utun3 prefixlen 64 scopeid 0x37
`

/** The same of OS X 10.10: families in another order, and blanks at the ends of lines. From a question on what its names mean. */
export const oldIfconfig = `lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384
\toptions=3<RXCSUM,TXCSUM>
\tinet6 ::1 prefixlen 128 
\tinet 127.0.0.1 netmask 0xff000000 
\tinet6 fe80::1%lo0 prefixlen 64 scopeid 0x1 
\tnd6 options=1<PERFORMNUD>
gif0: flags=8010<POINTOPOINT,MULTICAST> mtu 1280
en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
\tether 02:00:5e:10:00:02 
\tinet6 fe80::6e40:8ff:feb0:5878%en0 prefixlen 64 scopeid 0x4 
\tinet 192.0.2.131 netmask 0xffffff00 broadcast 192.0.2.255
\tnd6 options=1<PERFORMNUD>
`

/** `netstat -anl -p tcp`: rows of macOS 10.14 to 26, from reports on node-netstat, iproxy and rapportd. */
export const tcpSockets = `Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address                                 Foreign Address                               (state)    
tcp4       0      0  10.96.0.10.80                                 10.96.0.10.52413                              ESTABLISHED
tcp4      24      0  192.0.2.23.52040                              140.82.114.4.443                              CLOSE_WAIT 
tcp4       0      0  192.0.2.23.52041                              140.82.114.4.443                              SYN_SENT   
tcp6       0      0  fd00:10:96::4730.80                           fd00:10:96::4730.58090                        FIN_WAIT_1 
tcp6       0      0  fe80::1caa:a604:8f2c:77b0%utun0.55584         fe80::ce81:b1c:bd2c:69e%utun0.1024            ESTABLISHED
tcp6       0      0  ::1.58090                                     ::1.2222                                      TIME_WAIT  
tcp4       0      0  127.0.0.1.631                                 *.*                                           LISTEN     
tcp6       0      0  ::1.631                                       *.*                                           LISTEN     
tcp46      0      0  *.10256                                       *.*                                           LISTEN     
tcp4       0      0  *.*                                           *.*                                           CLOSED     
`

/** `netstat -anl -p udp`, from a description of its parser for Perl. */
export const udpSockets = `Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)    
udp4       0      0  10.96.0.10.53          *.*                               
udp46      0      0  *.5353                 *.*                               
udp4       0      0  192.0.2.23.61000       192.0.2.1.53                      
udp6       0      0  *.*                    *.*                               
`

const numbers = ` recvpipe  sendpipe  ssthresh  rtt,msec    rttvar  hopcount      mtu     expire
       0         0         0         0         0         0      1500         0 
`

/** `route -n get ADDRESS`: by the gateway (2020), through a VPN, an address of lo0 (26), one whose neighbour does not answer. */
export const routes = {
  gateway: `   route to: 192.0.43.10
destination: default
       mask: default
    gateway: 192.0.2.1
  interface: en1
      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING>
${numbers}`,
  tunnel: `   route to: 10.96.0.10
destination: default
       mask: default
  interface: utun13
      flags: <UP,DONE,CLONING,STATIC,GLOBAL>
${numbers}`,
  own: `   route to: 10.96.0.10
destination: 10.96.0.10
  interface: lo0
      flags: <UP,HOST,DONE,LOCAL>
${numbers}`,
  rejected: `   route to: 192.0.2.204
destination: 192.0.2.204
  interface: en7
      flags: <UP,HOST,REJECT,DONE,LLINFO,WASCLONED,IFSCOPE,IFREF>
${numbers}`,
} as const

/** The same on standard error where there is none; the exit code is 0 all the same. */
export const noRoute = 'route: writing to routing socket: not in table\n'

/** What `ifconfig lo0 alias` says to an ordinary user (26), and `-alias` of an address that lo0 has not. */
export const refusals = {
  forbidden: 'ifconfig: ioctl (SIOCAIFADDR): permission denied\n',
  taken: 'ifconfig: ioctl (SIOCAIFADDR): File exists\n',
  gone: "ifconfig: ioctl (SIOCDIFADDR): Can't assign requested address\n",
} as const

/** `lsof -nP -iTCP:10256 -sTCP:LISTEN -Fpc`; with -F it names the descriptor, too. */
export const listener = 'p4711\nckube-proxy\nf6\n'
