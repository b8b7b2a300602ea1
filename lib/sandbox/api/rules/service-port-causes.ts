import { duplicate, required, unsupported, when, wrong } from './causes.js'
import { at, numberAt, textAt } from '../../json.js'
import { nameCauses, nameRules } from './names.js'
import type { Cause } from '../status-error.js'

const protocols = ['SCTP', 'TCP', 'UDP']

const isPort = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535

const range = 'must be between 1 and 65535, inclusive'

const targetName = /^(?=.*[a-z])[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

const targetCauses = (field: string, target: unknown): readonly Cause[] => {
  if (typeof target !== 'string') return when(!isPort(target), () => wrong(field, target, range))
  return [
    ...when(!targetName.test(target), () =>
      wrong(field, target, 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'),
    ),
    ...when(target.length > 15, () => wrong(field, target, 'must be no more than 15 characters')),
  ]
}

/** Everything that is wrong with the ports of a Service, node ports apart. */
export const portCauses = (ports: readonly unknown[]): readonly Cause[] => {
  const names = ports.map(port => textAt(port, 'name'))
  const numbers = ports.map(port => `${textAt(port, 'protocol')}/${numberAt(port, 'port') ?? ''}`)
  return ports.flatMap((port, index) => {
    const field = `spec.ports[${index}]`
    const name = names[index] ?? ''
    const protocol = textAt(port, 'protocol')
    return [
      ...when(name === '' && ports.length > 1, () => required(`${field}.name`)),
      ...(name === '' ? [] : nameCauses(`${field}.name`, name, nameRules.label)),
      ...when(name !== '' && names.indexOf(name) < index, () => duplicate(`${field}.name`, name)),
      ...when(!isPort(at(port, 'port')), () => wrong(`${field}.port`, at(port, 'port') ?? 0, range)),
      ...when(!protocols.includes(protocol), () => unsupported(`${field}.protocol`, protocol, protocols)),
      ...targetCauses(`${field}.targetPort`, at(port, 'targetPort') ?? 0),
      ...when(numbers.indexOf(numbers[index] ?? '') < index, () =>
        duplicate(field, { protocol, port: numberAt(port, 'port') }),
      ),
    ]
  })
}
