import { describe, expect, test } from 'vitest'
import {
  boundsText,
  count,
  dateTime,
  duration,
  metricText,
  minuteValue,
  money,
  percent,
  sparkline,
  time,
  trend,
} from './format'
import { MINUTE, metric, minute, START } from './testing/rooms'

const ratio = (numerator: number, denominator = 1) => ({ numerator, denominator })

test('money is given in fen and shown in yuan to the fen', () => {
  expect(money(0)).toBe('¥0.00')
  expect(money(1)).toBe('¥0.01')
  expect(money(19_900)).toBe('¥199.00')
  expect(money(123_456_789)).toBe('¥1,234,567.89')
})

test('counts are grouped', () => {
  expect(count(1_234_567)).toBe('1,234,567')
})

test('small shares keep two places, because in a live room they are the rule', () => {
  expect(percent(0.0031)).toBe('0.31%')
  expect(percent(0.572)).toBe('57.2%')
  expect(percent(0)).toBe('0.00%')
})

test('times are those of Shanghai, wherever the browser stands', () => {
  expect(new Date(START).getHours()).not.toBe(20)
  expect(time(START)).toBe('20:00:00')
  expect(dateTime(START)).toBe('2026/06/18 20:00')
  // Midnight is 00, not 24.
  expect(time(Date.UTC(2026, 5, 18, 16, 0, 0))).toBe('00:00:00')
  expect(dateTime(Date.UTC(2026, 5, 18, 16, 0, 0))).toBe('2026/06/19 00:00')
})

test('durations show hours from an hour on and never run backwards', () => {
  expect(duration(0)).toBe('0:00')
  expect(duration(65_999)).toBe('1:05')
  expect(duration(3_599_000)).toBe('59:59')
  expect(duration(3_725_000)).toBe('1:02:05')
  expect(duration(-5_000)).toBe('0:00')
})

describe('a metric', () => {
  test('is a count, a share or an amount, by its name', () => {
    expect(metricText('online', ratio(1_234))).toBe('1,234')
    expect(metricText('conversion_rate', ratio(3, 1_000))).toBe('0.30%')
    expect(metricText('order_value', ratio(26_880, 3))).toBe('¥89.60')
    expect(metricText('gpm', ratio(26_880_000, 1_069))).toBe('¥251.45')
  })

  test('that is not known has no text, which is not a zero', () => {
    expect(metricText('online', null)).toBeNull()
    expect(metricText('gpm', undefined)).toBeNull()
    expect(metricText('online', ratio(0))).toBe('0')
  })

  test('that lies in a range shows both ends, or only the lower one', () => {
    expect(boundsText(metric({ bounds: { low: 67_500, high: 69_000 } }))).toBe('67,500–69,000')
    expect(boundsText(metric({ bounds: { low: 12, high: null } }))).toBe('≥12')
    expect(boundsText(metric())).toBeNull()
  })
})

describe('the trend', () => {
  const of = (now: number | null, before: number | null) =>
    trend(
      metric({
        last_10: now === null ? null : ratio(now, 100),
        before_10: before === null ? null : ratio(before, 100),
      }),
    )

  test('compares the last ten minutes with the ten before, and takes small changes for noise', () => {
    expect(of(120, 100)).toBe('up')
    expect(of(80, 100)).toBe('down')
    expect(of(102, 100)).toBe('flat')
    expect(of(98, 100)).toBe('flat')
  })

  test('from nothing to something is up, and a gap has no trend', () => {
    expect(of(5, 0)).toBe('up')
    expect(of(0, 0)).toBe('flat')
    expect(of(null, 100)).toBeNull()
    expect(of(100, null)).toBeNull()
  })
})

describe('a sparkline', () => {
  test('breaks where a minute has no data', () => {
    const path = sparkline([1, 2, null, 3, 4], 100, 20) ?? ''
    expect(path.match(/M/g)).toHaveLength(2)
    expect(path.match(/L/g)).toHaveLength(2)
  })

  test('needs two values', () => {
    expect(sparkline([null, 5, null], 100, 20)).toBeNull()
    expect(sparkline([], 100, 20)).toBeNull()
  })

  test('of values that are all the same stays within its box', () => {
    const heights = (sparkline([7, 7, 7], 100, 20) ?? '').match(/ [\d.]+/g)?.map(Number) ?? []
    expect(heights).toHaveLength(3)
    for (const y of heights) expect(y >= 0 && y <= 20).toBe(true)
  })

  test('takes each metric from its minute, and nothing from a gap', () => {
    const full = minute(START, {
      online: 40,
      present: 200,
      interactors: 50,
      buyers: 4,
      gmv: 80_000,
      views: 100,
      retained_60: 60,
      sources: { feed: 70, follow: 30 },
      clicks: 6,
      exposures: 60,
    })
    expect(minuteValue('online', full)).toBe(40)
    expect(minuteValue('interaction_rate', full)).toBe(0.25)
    expect(minuteValue('conversion_rate', full)).toBe(0.02)
    expect(minuteValue('order_value', full)).toBe(20_000)
    expect(minuteValue('gpm', full)).toBe(800_000)
    expect(minuteValue('retention', full)).toBe(0.6)
    expect(minuteValue('sources', full)).toBe(0.7)
    expect(minuteValue('product_click_through', full)).toBe(0.1)
    const gap = minute(START + MINUTE, { has_data: false })
    expect(minuteValue('online', gap)).toBeNull()
    expect(minuteValue('order_value', minute(START, { buyers: 0 }))).toBeNull()
  })
})
