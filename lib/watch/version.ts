const isNumber = /^[1-9]\d*$/

/** Whether a version comes before another one. All servers built like Kubernetes count; of other versions nobody can tell. */
export const isOlder = (version: string, than: string): boolean =>
  isNumber.test(version) && isNumber.test(than) && BigInt(version) < BigInt(than)
