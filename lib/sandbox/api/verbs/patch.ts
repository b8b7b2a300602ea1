import { jsonPatch, PatchError } from '../patch/json.js'
import { mergeKeysOf } from '../patch/merge-keys.js'
import { mergePatch } from '../patch/merge.js'
import { strategicMerge } from '../patch/strategic.js'
import { StatusError, unsupportedMediaType } from '../status-error.js'
import type { Store } from '../store/store.js'
import type { Answer, Call } from './call.js'
import { get } from './get.js'
import { objectFrom } from './sent-object.js'
import { replace } from './update.js'

export const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const

/** `document` with the call's patch applied. Throws 415 for a patch of another type, 422 for one that does not fit. */
export const patched = (document: unknown, { target, body, contentType }: Call): unknown => {
  try {
    switch (contentType) {
      case 'application/json-patch+json':
        return jsonPatch(document, body)
      case 'application/merge-patch+json':
        return mergePatch(document, body)
      case 'application/strategic-merge-patch+json':
        return strategicMerge(document, body, mergeKeysOf(target.kind))
      default:
        throw unsupportedMediaType(patchTypes)
    }
  } catch (error) {
    if (!(error instanceof PatchError)) throw error
    throw new StatusError(
      422,
      `the server rejected our request due to an error in our request: ${error.message}`,
      {
        reason: 'Invalid',
        details: {},
      },
    )
  }
}

/** Changes the object as the patch says. Only a patch that names a resourceVersion can conflict. */
export const patch = (store: Store, call: Call): Answer =>
  replace(store, call, objectFrom(patched(get(store, call), call), call))
