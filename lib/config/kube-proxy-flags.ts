import { isApplied, type OtherField } from './field.js'
import { kubeProxyFields } from './kube-proxy-fields.js'
import { isZero } from './zero.js'

/** A flag of kube-proxy's that has no effect here. */
export interface KubeProxyFlag {
  /** `--conntrack-min` */
  readonly flag: string
  /** Whether it can stand alone, and is true then. */
  readonly isSwitch: boolean
  readonly why: string
  /** What is as we have it anyway. Absent: what is 0, false or ''. */
  readonly asIs?: readonly string[]
}

type Row = Pick<KubeProxyFlag, 'why' | 'isSwitch'>

const rows = (row: Row, flags: readonly string[]): readonly KubeProxyFlag[] =>
  flags.map(flag => ({ flag, ...row }))

const ofField = ({ flag, type, why, asIs }: OtherField): readonly KubeProxyFlag[] =>
  flag === undefined ? [] : [{ flag, why, isSwitch: type === 'flag', ...(asIs && { asIs }) }]

const log = 'the log goes to standard error'

/** All flags of kube-proxy 1.20 to 1.36 that `kube-portal run` takes, and does not go by. */
export const kubeProxyFlags: readonly KubeProxyFlag[] = [
  ...kubeProxyFields.flatMap(field => (isApplied(field) ? [] : ofField(field))),
  { flag: '--healthz-port', isSwitch: false, why: '--healthz-bind-address says where', asIs: ['10256'] },
  { flag: '--metrics-port', isSwitch: false, why: '--metrics-bind-address says where', asIs: ['10249'] },
  ...rows({ isSwitch: true, why: 'nothing is kept of former proxy modes' }, ['--cleanup-ipvs']),
  ...rows({ isSwitch: false, why: 'kube-proxy does not go by it either' }, [
    '--machine-id-file',
    '--boot-id-file',
  ]),
  ...rows({ isSwitch: true, why: log }, [
    ...['--add-dir-header', '--add_dir_header', '--alsologtostderr', '--one-output', '--one_output'],
    ...['--skip-headers', '--skip_headers', '--skip-log-headers', '--skip_log_headers'],
  ]),
  { flag: '--logtostderr', isSwitch: true, why: log, asIs: ['true'] },
  ...rows({ isSwitch: false, why: log }, [
    ...['--log-backtrace-at', '--log_backtrace_at', '--log-dir', '--log_dir', '--log-file', '--log_file'],
    ...['--log-file-max-size', '--log_file_max_size', '--stderrthreshold'],
  ]),
]

/** Whether a flag that is given so means what we do anyway. */
export const isAsIs = (value: string, { asIs }: KubeProxyFlag): boolean =>
  asIs ? asIs.includes(value) : value === '' || value === 'false' || isZero(value)
