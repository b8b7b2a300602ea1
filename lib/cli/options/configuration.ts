import { type Command, Option } from 'commander'
import { kubeProxyFlags } from '../../config/kube-proxy-flags.js'

/** Where else options come from, and go to. */
export interface ConfigurationOptions {
  readonly config?: string
  readonly strictConfig?: true
  readonly writeConfigTo?: string
}

/** So that a command line of kube-proxy's can be used as it is. */
const withKubeProxyFlags = (command: Command): Command => {
  for (const { flag, isSwitch } of kubeProxyFlags)
    command.addOption(new Option(`${flag} ${isSwitch ? '[value]' : '<value>'}`).hideHelp())
  return command
}

export const withConfigurationOptions = (command: Command): Command =>
  withKubeProxyFlags(
    command
      .optionsGroup('Configuration:')
      .option(
        '--config <file>',
        "kube-proxy's configuration file, in YAML or JSON, with what else can be set here in a second document; flags win over it",
      )
      .option(
        '--strict-config',
        'refuse to start with flags or fields of kube-proxy that do not apply here; else they are taken, and named once',
      ),
  )
