/** The first `most` texts, and how many more there are. */
export const shortened = (texts: readonly string[], most: number): string => {
  if (texts.length === 0) return '<none>'
  const shown = texts.slice(0, most).join(',')
  return texts.length > most ? `${shown} + ${texts.length - most} more...` : shown
}
