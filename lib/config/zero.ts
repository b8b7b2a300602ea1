/** Whether a text is a number that is 0, or a span of time that is: `0`, `0s`, `0h0m0s`. */
export const isZero = (text: string): boolean => /^(0+(\.0+)?(ns|us|µs|ms|s|m|h)?)+$/.test(text)
