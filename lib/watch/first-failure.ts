import { errorText } from '../model/error-text.js'
import { Failure } from '../model/failure.js'
import { ApiError } from './api-error.js'
import type { ApiKind } from './api-kind.js'

const groupOf = ({ apiVersion }: ApiKind): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''

const rightTo = (kind: ApiKind): string => {
  const group = groupOf(kind)
  const resource = group === '' ? kind.resource : `${kind.resource}.${group}`
  return [
    `grant it with a ClusterRole: { apiGroups: ['${group}'], resources: ['${kind.resource}'], verbs: ['list', 'watch'] }`,
    `and check with: kubectl auth can-i list ${resource} --all-namespaces`,
  ].join('; ')
}

const cures = {
  unreachable:
    'check that the server of the kubeconfig is up and can be reached from here, or name another with --master (not a cluster IP, such as a pod is given: nobody serves it before we do)',
  untrusted:
    "give the kubeconfig this server's certificate-authority, renew the certificate if it has expired, or name the right server with --master",
  unauthorized:
    'renew the credentials of the kubeconfig (kubectl get services tells whether they are accepted)',
  again: 'try again in a minute, and look at the API server',
  version: 'check that the server of the kubeconfig is a Kubernetes, or name another with --master',
} as const

/** What a first list that failed means for whoever started us: `api-unreachable` where trying again may help. */
export const firstFailure = (error: unknown, kind: ApiKind): Failure => {
  const asked = `cannot list ${kind.resource}: ${errorText(error)}`
  const trouble = error instanceof ApiError ? error.trouble : 'garbage'
  switch (trouble) {
    case 'unreachable':
    case 'silent':
      return new Failure('api-unreachable', asked, { cure: cures.unreachable, cause: error })
    case 'unauthorized':
      return new Failure('api-refused', asked, { cure: cures.unauthorized, cause: error })
    case 'untrusted':
      return new Failure('api-refused', asked, { cure: cures.untrusted, cause: error })
    case 'forbidden':
      return new Failure('api-refused', asked, { cure: rightTo(kind), cause: error })
    case 'refused':
      return new Failure('api-refused', asked, { cure: cures.version, cause: error })
    case 'busy':
    case 'expired':
    case 'garbage':
      return new Failure('api-unreachable', asked, { cure: cures.again, cause: error })
  }
}
