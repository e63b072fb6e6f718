import type { Schemas } from './api/client'

type Metrics = Schemas['Metrics']
export type Metric = Schemas['Metric']
export type Ratio = Schemas['Ratio']
export type MetricName = Exclude<keyof Metrics, 'source_views' | 'totals'>
type Minute = Schemas['Minute']

export const METRIC_NAMES: MetricName[] = [
  'online',
  'interaction_rate',
  'conversion_rate',
  'order_value',
  'gpm',
  'retention',
  'sources',
  'product_click_through',
]

/** The metric of each series that is watched for falls. */
export const WATCHED: Partial<Record<MetricName, Schemas['Series']>> = {
  retention: 'retention',
  conversion_rate: 'conversion',
  interaction_rate: 'interaction',
  product_click_through: 'click_through',
}

const whole = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 0 })
const yuan = new Intl.NumberFormat('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const clock = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const date = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})
const exact = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

export const count = (n: number) => whole.format(n)
export const money = (fen: number) => `¥${yuan.format(fen / 100)}`
export const time = (ms: number) => clock.format(ms)
export const dateTime = (ms: number) => date.format(ms)
/** To the second, where it may be asked later what came first. */
export const exactTime = (ms: number) => exact.format(ms)
export const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 2 : 1)}%`

/** 1:05, or 1:02:05 from an hour on. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** A metric's value as a number: a count, a share, or fen. */
export function value(ratio: Ratio | null | undefined): number | null {
  return ratio ? ratio.numerator / ratio.denominator : null
}

/** A metric's value as people read it. */
export function metricText(name: MetricName, ratio: Ratio | null | undefined): string | null {
  const number = value(ratio)
  if (number === null) return null
  if (name === 'online') return count(Math.round(number))
  if (name === 'order_value' || name === 'gpm') return money(Math.round(number))
  return percent(number)
}

/** The range in which a count lies that is not known exactly. */
export function boundsText(metric: Metric): string | null {
  if (!metric.bounds) return null
  const { low, high } = metric.bounds
  return high === null || high === undefined ? `≥${count(low)}` : `${count(low)}–${count(high)}`
}

export type Trend = 'up' | 'down' | 'flat' | null

/** Changes below this share are noise. */
const FLAT_BELOW = 0.03

/** The last ten minutes against the ten before. */
export function trend(metric: Metric): Trend {
  const [now, before] = [value(metric.last_10), value(metric.before_10)]
  if (now === null || before === null) return null
  if (before === 0) return now === 0 ? 'flat' : 'up'
  const change = (now - before) / before
  return Math.abs(change) < FLAT_BELOW ? 'flat' : change > 0 ? 'up' : 'down'
}

const share = (part: number, of: number) => (of > 0 ? part / of : null)

/** A metric minute by minute, for its sparkline; null is a gap. */
export function minuteValue(name: MetricName, minute: Minute): number | null {
  if (!minute.has_data) return null
  switch (name) {
    case 'online':
      return minute.online ?? null
    case 'interaction_rate':
      return share(minute.interactors, minute.present)
    case 'conversion_rate':
      return share(minute.buyers, minute.present)
    case 'order_value':
      return share(minute.gmv, minute.buyers)
    case 'gpm':
      return share(minute.gmv * 1000, minute.views)
    case 'retention':
      return share(minute.retained_60, minute.views)
    case 'sources':
      return share(Math.max(0, ...Object.values(minute.sources)), minute.views)
    case 'product_click_through':
      return share(minute.clicks, minute.exposures)
  }
}

/** An SVG path through values, with gaps where there are none; null if there is nothing to draw. */
export function sparkline(values: (number | null)[], width: number, height: number): string | null {
  const known = values.filter((v): v is number => v !== null)
  if (known.length < 2) return null
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const x = (i: number) => ((i / (values.length - 1)) * width).toFixed(1)
  const y = (v: number) => (height - 1 - ((v - low) / (high - low || 1)) * (height - 2)).toFixed(1)
  let path = ''
  let drawing = false
  values.forEach((v, i) => {
    if (v !== null) path += `${drawing ? 'L' : 'M'}${x(i)} ${y(v)}`
    drawing = v !== null
  })
  return path
}
