import type { InstanceStatus, ServiceStatus, StatusLine } from '../../control/status.js'
import type { StatusOptions } from '../options/status.js'
import { instanceText } from './instance-text.js'
import { serviceTable } from './service-table.js'
import { yamlText } from './yaml-text.js'

type Options = Pick<StatusOptions, 'output' | 'namespace'>

/** Makes text of what changes: at first of all that there is. */
export class Watched {
  readonly #isChosen: (service: ServiceStatus) => boolean
  readonly #options: Options
  #instance: InstanceStatus | undefined
  #said = ''
  #changed: ServiceStatus[] = []
  #gone: string[] = []

  constructor(isChosen: (service: ServiceStatus) => boolean, options: Options) {
    this.#isChosen = isChosen
    this.#options = options
  }

  /** What is to be printed now that this line has come; mostly nothing, until all changes of a moment are there. */
  take(line: StatusLine): string {
    switch (line.kind) {
      case 'instance':
        this.#instance = line
        return ''
      case 'service':
        if (this.#isChosen(line)) this.#changed.push(line)
        return ''
      case 'gone':
        this.#gone.push(`${line.namespace}/${line.name}`)
        return ''
      case 'whole':
        return this.#flush()
    }
  }

  #flush(): string {
    const [changed, gone] = [this.#changed, this.#gone]
    this.#changed = []
    this.#gone = []
    switch (this.#options.output) {
      case 'json':
        return changed.map(each => `${JSON.stringify(each)}\n`).join('')
      case 'yaml':
        return changed.map(each => `---\n${yamlText(each)}`).join('')
      case 'name':
        return changed.map(each => `service/${each.name}\n`).join('')
      case 'table':
      case 'wide':
        return this.#tables(changed) + gone.map(each => `${each} is gone\n`).join('') + this.#whole()
    }
  }

  #tables(changed: readonly ServiceStatus[]): string {
    const { output, namespace } = this.#options
    const capture = this.#instance?.capture ?? ''
    return serviceTable(changed, { wide: output === 'wide', capture, oneNamespace: namespace !== undefined })
  }

  /** What of the whole has changed, times apart. */
  #whole(): string {
    if (!this.#instance) return ''
    const { readiness, api, troubles } = this.#instance
    const state = JSON.stringify([readiness, api?.reason, troubles])
    if (state === this.#said) return ''
    this.#said = state
    return `\n${instanceText(this.#instance)}\n`
  }
}
