/** As sd-daemon(3) numbers them. */
const priorities: Readonly<Record<string, number>> = { error: 3, warn: 4, info: 6 }

/** How systemd's journal is told how grave a line is: by what it begins with, and so does each line of a text (sd-daemon(3)). */
export const journalLine = (level: string, text: string): string =>
  text.replace(/^/gm, `<${priorities[level] ?? 6}>`)
