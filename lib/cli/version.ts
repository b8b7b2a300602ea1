import { createRequire } from 'node:module'

const describesVersion = (value: unknown): value is { readonly version: string } =>
  typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string'

const readVersion = (): string => {
  const manifest: unknown = createRequire(import.meta.url)('../../../package.json')
  return describesVersion(manifest) ? manifest.version : 'unknown'
}

/** This program's version, as its package says. */
export const version = readVersion()
