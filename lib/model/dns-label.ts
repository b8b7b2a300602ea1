const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** What namespaces, Services and their ports may be called: nothing that could end a rule's text, or a line of a file, early. */
export const isDnsLabel = (name: string): boolean => dnsLabel.test(name)
