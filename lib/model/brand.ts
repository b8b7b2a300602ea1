declare const brandName: unique symbol

/** A `Base` that only the function which checks it can make, so that a port is never taken for a count. */
export type Brand<Base, Name extends string> = Base & { readonly [brandName]: Name }

/** Marks `value` as checked. The one place where the compiler is told, not asked. */
export const branded = <Base, Name extends string>(value: Base): Brand<Base, Name> =>
  value as Brand<Base, Name>
