/** What a field's bytes mean. */
export type Shape =
  | { readonly kind: 'text' | 'moment' | 'number or text' | 'texts by text' }
  // Go sends zeroes that nobody set, unless the field is a pointer.
  | { readonly kind: 'number' | 'yes or no'; readonly zero: 'absent' | 'meant' }
  | { readonly kind: 'message'; readonly fields: Fields }
  | { readonly kind: 'list'; readonly of: Shape }

/** The fields of a message by their numbers: what JSON calls them, and what they hold. */
export type Fields = Readonly<Record<number, readonly [name: string, shape: Shape]>>

export const text: Shape = { kind: 'text' }
export const number: Shape = { kind: 'number', zero: 'absent' }
export const count: Shape = { kind: 'number', zero: 'meant' }
export const yesOrNo: Shape = { kind: 'yes or no', zero: 'absent' }
export const choice: Shape = { kind: 'yes or no', zero: 'meant' }
export const moment: Shape = { kind: 'moment' }
export const numberOrText: Shape = { kind: 'number or text' }
export const textsByText: Shape = { kind: 'texts by text' }
export const message = (fields: Fields): Shape => ({ kind: 'message', fields })
export const listOf = (of: Shape): Shape => ({ kind: 'list', of })
