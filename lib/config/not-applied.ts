/** A setting of kube-proxy's that has no effect here. */
export interface NotApplied {
  /** A field's path, or a flag. */
  readonly name: string
  readonly why: string
}

/** All of them in one line, those together that have one reason. */
export const notAppliedText = (settings: readonly NotApplied[]): string => {
  const names = new Map<string, string[]>()
  for (const { name, why } of settings) names.set(why, [...(names.get(why) ?? []), name])
  return [...names].map(([why, which]) => `${which.join(', ')} (${why})`).join('; ')
}
