import { setTimeout as after } from 'node:timers/promises'

/** How many milliseconds it takes until `is` so, looked at five times a second; or `most`, if it is not so by then. */
export const until = async (is: () => boolean | Promise<boolean>, most: number): Promise<number> => {
  const began = performance.now()
  for (;;) {
    const isSo = await is()
    const spent = performance.now() - began
    if (isSo || spent >= most) return Math.min(spent, most)
    await after(200)
  }
}

/** `12.3 s`. */
export const secondsText = (spent: number): string => `${(spent / 1000).toFixed(1)} s`
