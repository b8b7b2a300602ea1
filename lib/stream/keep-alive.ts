/**
 * In seconds: an idle peer that has vanished is asked after this time, then nine times more, a second apart. Not to be
 * changed: it is what libuv has for a socket that is told before it is connected, whatever it is told (uv__stream_open).
 */
export const keepAliveDelay = 60
