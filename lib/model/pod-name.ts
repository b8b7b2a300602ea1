/** Names a Pod. */
export interface PodName {
  readonly namespace: string
  readonly name: string
}

/** The name as people write it, and as a key: `shop/web-1`. */
export const podText = ({ namespace, name }: PodName): string => `${namespace}/${name}`
