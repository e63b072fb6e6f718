import { expect, test } from 'vitest'
import { entry, MINUTE, minute, START } from '../../../testing/rooms'
import { cursorOption, timelineOption } from './timelineOption'

type Area = { name: string; label: { show: boolean } }
const WORDS = { online: '在线人数', comments: '弹幕', gmv: '成交额' }
const course = (known: Partial<Parameters<typeof timelineOption>[0]> = {}) =>
  timelineOption(
    { minutes: [], timeline: [], end: START, numbers: new Map(), moneyKnown: true, ...known },
    WORDS,
  )

test('a gap in the data is drawn as a gap, never as a fall to zero', () => {
  const minutes = [minute(START), minute(START + MINUTE, { has_data: false }), minute(START + 2 * MINUTE)]
  for (const series of course({ minutes }).series)
    expect((series.data as [number, number | null][])[1]).toEqual([START + MINUTE, null])
})

test('the chart reaches to the present, not only to the beginning of its minute', () => {
  const { max } = course({ end: START + 50_000 }).xAxis
  expect(max({ max: START })).toBe(START + 50_000)
  expect(max({ max: START + MINUTE })).toBe(START + MINUTE)
})

test('money is drawn in yuan', () => {
  const gmv = course({ minutes: [minute(START, { gmv: 12_345 })] }).series[2]
  expect(gmv?.data).toEqual([[START, 123.45]])
})

test('money that the source does not deliver is no line at zero', () => {
  const { series, legend, yAxis } = course({ minutes: [minute(START)], moneyKnown: false })
  expect(series[2]?.data).toEqual([])
  expect(legend.data).not.toContain('成交额')
  expect(yAxis[1]?.show).toBe(false)
})

test('the axis and the tooltip tell the time of Shanghai', () => {
  const { xAxis } = course()
  expect(xAxis.axisLabel.formatter(START)).toBe('20:00')
  expect(xAxis.axisPointer.label.formatter({ value: START })).toBe('20:00')
})

test('an item on stage is an area with its link number, if it was there long enough to have room for it', () => {
  const staged = (at: number, subject: string) => entry(at, { at, what: 'item_staged', subject })
  const timeline = [
    staged(START, 'p-1'),
    staged(START + 50 * MINUTE, 'p-2'),
    staged(START + 51 * MINUTE, 'p-3'),
  ]
  const numbers = new Map([
    ['p-1', 7],
    ['p-2', 8],
  ])
  const end = START + 60 * MINUTE
  const [online] = course({ minutes: [minute(START)], timeline, numbers, end }).series
  const { data } = (online as unknown as { markArea: { data: [Area, object][] } }).markArea
  expect(data.map(([from]) => [from.name, from.label.show])).toEqual([
    ['#7', true],
    ['#8', false],
    ['#?', true],
  ])
  expect(data[2]?.[1]).toEqual({ xAxis: end })
})

test('a long show keeps the flags of its last markers only', () => {
  const timeline = Array.from({ length: 300 }, (_, i) => entry(i))
  const online = course({ timeline }).series[0] as { markLine: { data: unknown[] } }
  expect(online.markLine.data).toHaveLength(40)
})

test('moving the cursor touches nothing but the cursor', () => {
  const { series } = cursorOption(START)
  expect(series.map((one) => one.id)).toEqual(['cursor'])
  expect(series[0]?.markLine.data).toHaveLength(1)
  expect(cursorOption(undefined).series[0]?.markLine.data).toEqual([])
  expect(course().series.map((one) => one.id)).not.toContain('cursor')
})
