import { boundsText, type Metric, type MetricName, metricText } from '../../format'

type Say = (key: string, words: Record<string, string>) => string

/** A metric as people read it: its value, or the range that it lies in; null if nothing is known. */
export function figure(name: MetricName, metric: Metric, t: Say): string | null {
  const range = boundsText(metric)
  if (range === null) return metricText(name, metric.total)
  // Of a rate whose denominator nobody knows, only how many people stands fast.
  return name === 'interaction_rate' ? t('metrics.people', { n: range }) : range
}
