/** Whether the lists hold the same values, which are not looked into. */
export const sameValues = (one: readonly unknown[], other: readonly unknown[]): boolean => {
  if (one === other) return true
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false
  return true
}
