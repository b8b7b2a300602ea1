/**
 * How long a test may wait for what is promised within `promise` milliseconds on a machine of its own: tests run beside each
 * other, and may wait for their turn. It still tells working from waiting for something. `npm run chaos` takes the promise at
 * its word.
 */
export const besideOthers = (promise: number): number => 3 * promise
