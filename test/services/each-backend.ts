import t from 'tap'
import { inNamespace, needing } from '../namespace.js'

export type Backend = 'nft' | 'legacy'

const variable = 'KUBE_PORTAL_TEST_BACKEND'
const backends: readonly Backend[] = ['nft', 'legacy']

const trial = async (backend: Backend, tests: (backend: Backend) => Promise<void>): Promise<void> => {
  const { skip } = await needing(`iptables-${backend}`, '-t', 'nat', '-S')
  if (skip === false) await tests(backend)
  else t.pass(backend, { skip })
}

/**
 * Runs the `tests` of a file (`import.meta.url`) once for each of the two iptables, one after the other, each time in a
 * namespace of its own: see `inNamespace`.
 */
export const onEachBackend = async (
  file: string,
  tests: (backend: Backend) => Promise<void>,
): Promise<void> => {
  // Inside, the file runs once more, and only for the one that it was started for.
  const given = backends.filter(backend => backend === process.env[variable])
  for (const backend of given.length > 0 ? given : backends) {
    process.env[variable] = backend
    await inNamespace(file, () => trial(backend, tests))
  }
}
