import { turn } from '../../model/turn.js'
import type { Labels, Metric, Sample } from './metric.js'

/** How numbers are written down: as Prometheus has it from of old, or as OpenMetrics does. */
export type Format = 'text' | 'openmetrics'

export const contentTypes: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

/** How much a media range of an Accept header is wanted (RFC 9110, 12.4.2). */
const weightOf = (range: string): number => Number(/;\s*q=([\d.]+)/i.exec(range)?.[1] ?? 1)

const isOpenMetrics = (range: string): boolean =>
  /^\s*application\/openmetrics-text\s*(;|$)/i.test(range) && !/;\s*version=(?!1\.0\.0)/i.test(range)

const isText = (range: string): boolean => /^\s*(text\/plain|text\/\*|\*\/\*)\s*(;|$)/i.test(range)

/** What who asks with this Accept header wants most. */
export const formatFor = (accept: string): Format => {
  const ranges = accept.split(',')
  const weight = (is: (range: string) => boolean): number => Math.max(0, ...ranges.filter(is).map(weightOf))
  const wanted = weight(isOpenMetrics)
  return wanted > 0 && wanted >= weight(isText) ? 'openmetrics' : 'text'
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '"': '\\"' }

const escaped = (text: string): string => text.replace(/[\\\n"]/g, found => escapes[found] ?? found)

const labelled = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join()}}`
}

const numberText = (value: number): string => {
  if (value === Infinity) return '+Inf'
  return value === -Infinity ? '-Inf' : String(value)
}

const sampleText = (name: string, { suffix, labels = {}, value }: Sample): string =>
  `${name}${suffix ?? ''}${labelled(labels)} ${numberText(value)}\n`

const metricText = ({ name, type, help, samples }: Metric, format: Format): string => {
  // OpenMetrics counts `_total` to the sample's name, not to the counter's.
  const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name
  const heading = `# HELP ${family} ${help.replaceAll('\\', '\\\\')}\n# TYPE ${family} ${type}\n`
  return heading + samples.map(sample => sampleText(name, sample)).join('')
}

/**
 * All of `metrics`, as a scrape has them; one without numbers is not there. Others have their turn between two of them: with a
 * thousand Services it takes a while.
 */
export const exposition = async (metrics: readonly Metric[], format: Format): Promise<string> => {
  const texts: string[] = []
  for (const metric of metrics) {
    if (metric.samples.length === 0) continue
    texts.push(metricText(metric, format))
    await turn()
  }
  return texts.join('') + (format === 'openmetrics' ? '# EOF\n' : '')
}
