import { errorText } from '../model/error-text.js'
import { Failure } from '../model/failure.js'
import { resourceText } from '../model/resource-text.js'
import { ApiError } from './api-error.js'
import type { ApiKind } from './api-kind.js'
import { howToGrant, isAnonymous, type Rule, userIn } from './role.js'

const groupOf = ({ apiVersion }: ApiKind): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''

const rightTo = (kind: ApiKind): Rule => ({
  group: groupOf(kind),
  resource: kind.resource,
  verbs: ['list', 'watch'],
})

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

export interface FirstLists {
  /** What is listed, and so needs a right. */
  readonly kinds: readonly ApiKind[]
  readonly namespaces?: readonly string[] | undefined
}

const grantFor = (error: unknown, { kinds, namespaces }: FirstLists): string =>
  howToGrant({ namespaces, rules: kinds.map(rightTo), user: userIn(errorText(error)) })

/**
 * What a first list that failed, that of `kind`, means for whoever started us: `api-unreachable` where trying again may help.
 * Where a right is missing, all are named that the `lists` need.
 */
export const firstFailure = (error: unknown, kind: ApiKind, lists: FirstLists): Failure => {
  const asked = `cannot list ${resourceText(kind)}: ${errorText(error)}`
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
      if (isAnonymous(errorText(error)))
        return new Failure('api-refused', asked, { cure: cures.unauthorized, cause: error })
      return new Failure('api-refused', asked, { cure: grantFor(error, lists), cause: error })
    case 'refused':
      return new Failure('api-refused', asked, { cure: cures.version, cause: error })
    case 'busy':
    case 'expired':
    case 'garbage':
      return new Failure('api-unreachable', asked, { cure: cures.again, cause: error })
  }
}
