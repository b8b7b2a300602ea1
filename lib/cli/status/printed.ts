import type { InstanceStatus, ServiceStatus } from '../../control/status.js'
import type { StatusFormat } from '../options/status.js'
import { instanceText } from './instance-text.js'
import { serviceTable } from './service-table.js'
import { yamlText } from './yaml-text.js'

/** What was asked for, of one moment. */
export interface Status {
  readonly instance: InstanceStatus
  readonly services: readonly ServiceStatus[]
}

export interface PrintOptions {
  readonly output: StatusFormat
  /** Of which all Services are; undefined: of any. */
  readonly namespace: string | undefined
}

const names = (services: readonly ServiceStatus[]): string =>
  services.map(({ name }) => `service/${name}\n`).join('')

const tables = ({ instance, services }: Status, { output, namespace }: PrintOptions): string =>
  serviceTable(services, {
    ...{ wide: output === 'wide', capture: instance.capture },
    oneNamespace: namespace !== undefined,
  })

/** The status as it is printed. */
export const printed = (status: Status, options: PrintOptions): string => {
  switch (options.output) {
    case 'table':
    case 'wide': {
      const text = tables(status, options)
      return `${text}${text === '' ? '' : '\n'}${instanceText(status.instance)}`
    }
    case 'json':
      return `${JSON.stringify(status, undefined, 2)}\n`
    case 'yaml':
      return yamlText(status)
    case 'name':
      return names(status.services)
  }
}
