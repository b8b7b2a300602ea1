/** Resolves after everybody else had a turn of the event loop: for work that takes longer than clients should wait. */
export const turn = (): Promise<void> => new Promise(resolve => void setImmediate(resolve))
