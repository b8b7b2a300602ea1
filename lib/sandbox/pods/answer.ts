export interface Asked {
  /** The pod's name. */
  readonly name: string
  /** The address of who asks, as the pod sees it. */
  readonly client: string
}

/**
 * What every sandbox pod says, whatever its image: to `hostname` its name, to `clientip` the client's address; all
 * else comes back as it is, which is `undefined` here. A question is an HTTP path, a datagram, or the first bytes of
 * a connection.
 */
export const answerTo = (question: string, { name, client }: Asked): string | undefined => {
  switch (question.trim()) {
    case 'hostname':
      return `${name}\n`
    case 'clientip':
      return `${client}\n`
    default:
      return undefined
  }
}
