// npm run bench [-- --quick] [--out FILE]: see README.md.
import { benchOptions, help } from './options.js'
import { runInside } from './stage/inside.js'
import { whyEnded } from './stage/why-ended.js'

try {
  const args = process.argv.slice(2)
  if (benchOptions(args).help) process.stdout.write(help)
  else process.exitCode = await runInside(new URL('bench-inside.js', import.meta.url), args)
} catch (error) {
  process.exitCode = whyEnded('bench', error)
}
