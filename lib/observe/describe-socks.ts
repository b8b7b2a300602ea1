import { endpointText } from '../model/endpoint.js'
import type { SocksEvent } from '../model/socks-event.js'
import { type Sentence, sentence } from './sentence.js'

export const socksSentence = (event: SocksEvent): Sentence => {
  switch (event.type) {
    case 'socks-port': {
      const { place, insteadOf } = event
      const where = endpointText(place)
      const instead = insteadOf === undefined ? '' : `, as another program has port ${insteadOf}`
      return sentence('info', 0, `SOCKS5 is at ${where}${instead}: curl --proxy socks5h://${where} http://…`)
    }
    case 'socks-failed':
      return sentence(
        'error',
        0,
        `trouble with the SOCKS5 port ${endpointText(event.place)}: ${event.reason}`,
      )
    case 'socks-refused': {
      const { client, sought, reason } = event
      const what = sought === undefined ? '' : `, which wants ${sought}`
      return sentence('warn', 3, () => `SOCKS5 client ${client}${what}: refused: ${reason}`)
    }
  }
}
