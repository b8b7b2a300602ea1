import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'

const folder = '/run/darwin'
const path = process.env.PATH ?? ''

// For what kube-portal asks, and no more. As `lo0` there is lo.
const ifconfig = `#!/bin/sh
PATH='${path}'
forbidden() { echo "ifconfig: ioctl ($1): $2" >&2; exit 1; }
case "$*" in
-a)
  ip -o address show | awk '{
    name = $2 == "lo" ? "lo0" : $2; sub(/@.*/, "", name); split($4, at, "/")
    printf "%s: flags=8049<UP> mtu 1500\\n\\t%s %s", name, $3, at[1]
    if ($3 == "inet6") printf " prefixlen %s", at[2]; else printf " netmask 0xffffff00"
    if ($5 == "brd") printf " broadcast %s", $6
    printf "\\n"
  }' ;;
"lo0 alias "*) ip address add "$3" dev lo || forbidden SIOCAIFADDR 'permission denied' ;;
"lo0 inet6 alias "*) ip address add "$4" dev lo nodad || forbidden SIOCAIFADDR 'permission denied' ;;
"lo0 -alias "*) ip address delete "$3/32" dev lo || forbidden SIOCDIFADDR "Can't assign requested address" ;;
"lo0 inet6 -alias "*) ip address delete "$4/128" dev lo || forbidden SIOCDIFADDR "Can't assign requested address" ;;
*) echo "ifconfig: what is $*?" >&2; exit 64 ;;
esac
`

const netstat = `#!/bin/sh
PATH='${path}'
[ "$1 $2" = "-anl -p" ] || exit 64
echo 'Active Internet connections (including servers)'
echo 'Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)'
[ "$3" = udp ] && flag=u || flag=t
ss -Han$flag | awk -v proto="$3" '
  function end(text) {
    match(text, /:[^:]*$/)
    host = substr(text, 1, RSTART - 1); gsub(/[\\[\\]]/, "", host)
    if (host == "0.0.0.0" || host == "::") host = "*"
    return host "." substr(text, RSTART + 1)
  }
  {
    state = $1 == "ESTAB" ? "ESTABLISHED" : $1; gsub(/-/, "_", state)
    if (proto == "udp") state = ""
    printf "%s4 0 0 %s %s %s\\n", proto, end($4), end($5), state
  }'
`

/** Where it is noted when one of Linux's programs is called all the same: there they are somebody else's, or not there at all. */
export const linuxCalls = `${folder}/linux-calls`

const linux = ['ip', 'ss', 'conntrack', 'nft', 'iptables', 'ip6tables', 'iptables-save', 'iptables-nft-save']

const programs: Readonly<Record<string, string>> = {
  ifconfig,
  netstat,
  sysctl: '#!/bin/sh\necho 10240\n',
  route: "#!/bin/sh\nprintf 'destination: default\\n  interface: en0\\n'\n",
  ...Object.fromEntries(linux.map(name => [name, `#!/bin/sh\necho "${name} $*" >>${linuxCalls}\nexit 70\n`])),
}

/**
 * In a namespace: programs that answer as macOS's do about this machine, and a Node that takes it for one. What they are not asked
 * as kube-portal asks they refuse. Returns what becomes kube-portal: `env …`.
 */
export const asOnDarwin = (): readonly [string, ...string[]] => {
  mkdirSync(folder, { recursive: true })
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(`${folder}/${name}`, script)
    chmodSync(`${folder}/${name}`, 0o755)
  }
  writeFileSync(linuxCalls, '')
  const platform = `${folder}/platform.mjs`
  writeFileSync(platform, "Object.defineProperty(process, 'platform', { value: 'darwin' })\n")
  return ['env', `PATH=${folder}:${path}`, `NODE_OPTIONS=--import=${platform}`]
}
