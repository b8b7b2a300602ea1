/** In seconds: an idle peer that has vanished is asked after this time, then nine times more, a second apart. */
export const keepAliveDelay = 60
