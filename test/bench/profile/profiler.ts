// Loaded into kube-portal's process before its own code (`--import`), so that only what happens under load is profiled.
// Answers `start` and then `stop` with the profile.
import { Session } from 'node:inspector/promises'

const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.setSamplingInterval', { interval: 200 })

const answer = async (question: unknown): Promise<void> => {
  if (question === 'start') await session.post('Profiler.start')
  else process.send?.((await session.post('Profiler.stop')).profile)
  if (question === 'start') process.send?.('started')
}

process.on('message', question => void answer(question))
process.channel?.unref()
