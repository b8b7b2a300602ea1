/** The results of all the work, once all of it has ended; then also throws the first failure, if there was one. */
export const settled = async <Result>(work: readonly Promise<readonly Result[]>[]): Promise<Result[]> => {
  const outcomes = await Promise.allSettled(work)
  return outcomes.flatMap(outcome => {
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  })
}
