import { expect, test } from 'vitest'
import { METRIC_NAMES } from '../../../format'
import { entry, MINUTE, minute, START } from '../../../testing/rooms'
import { marksOf } from './marks'
import { type Course, cursorOption, timelineOption } from './timelineOption'

type Axis = { axisLabel: { formatter: (value: number) => string } }
type Area = { name: string; label: { show: boolean } }
const WORDS = { metric: '在线人数', comments: '弹幕', gmv: '成交额' }
const course = (known: Partial<Course> = {}) =>
  timelineOption(
    {
      metric: 'online',
      minutes: [],
      timeline: [],
      marks: [],
      end: START,
      numbers: new Map(),
      names: new Map(),
      moneyKnown: true,
      width: 600,
      height: 230,
      shown: 1,
      large: false,
      ...known,
    },
    WORDS,
  )
const band = (known: Partial<Course>) => {
  const [curve] = course(known).series
  return (curve as unknown as { markArea: { data: [Area, object][] } }).markArea.data
}

test('a gap in the data is drawn as a gap, never as a fall to zero', () => {
  const minutes = [minute(START), minute(START + MINUTE, { has_data: false }), minute(START + 2 * MINUTE)]
  for (const metric of METRIC_NAMES)
    for (const series of course({ minutes, metric }).series.filter((one) => one.id !== 'marks'))
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
  const { series, yAxis } = course({ minutes: [minute(START)], moneyKnown: false })
  expect(series[2]?.data).toEqual([])
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
  const data = band({ minutes: [minute(START)], timeline, numbers, end })
  expect(data.map(([from]) => [from.name, from.label.show])).toEqual([
    ['#7', true],
    ['#8', false],
    ['#?', true],
  ])
  expect(data[2]?.[1]).toEqual({ xAxis: end })
})

test('an item that was there for long bears its name too, cut to its room, and closer there is more room', () => {
  const staged = [entry(1, { at: START, what: 'item_staged', subject: 'p-1' })]
  const known = {
    minutes: [minute(START)],
    timeline: staged,
    end: START + 60 * MINUTE,
    numbers: new Map([['p-1', 7]]),
    names: new Map([['p-1', '净屿厨房油污喷雾两瓶装家庭装']]),
  }
  const name = (width: number, shown = 1) => band({ ...known, width, shown })[0]?.[0].name
  expect(name(160)).toBe('#7')
  expect(name(230)).toBe('#7 净屿厨房油污…')
  expect(name(230, 0.5)).toBe('#7 净屿厨房油污喷雾两瓶装家庭装')
})

test('what the crew and the rules did are marks on the same axis, each kind with a shape of its own', () => {
  const timeline = [
    entry(1, { what: 'alarm_raised', subject: 'device main 7' }),
    entry(2, { what: 'adjustment_made', subject: 'pace' }),
    entry(3),
    entry(4, { what: 'card_acknowledged' }),
  ]
  const marks = marksOf(timeline, (one) => `${one.what} ${one.sequence}`)
  expect(marks.map((mark) => mark.kind)).toEqual(['alarm', 'change', 'marker'])
  const series = course({ marks }).series[3]
  const data = series?.data as unknown as { value: [number, number]; symbol: string }[]
  expect(data.map((one) => one.value[0])).toEqual([START + 1, START + 2, START + 3])
  expect(new Set(data.map((one) => one.symbol)).size).toBe(3)
})

test('the tooltip tells the figures of the minute and what was done in it, as text only', () => {
  const marks = marksOf(
    [
      entry(1, { at: START + 30_000, what: 'adjustment_made' }),
      entry(2, { at: START + MINUTE, what: 'note_taken' }),
    ],
    (one) => `<img src=x> ${one.sequence}`,
  )
  const timeline = [entry(1, { at: START - MINUTE, what: 'item_staged', subject: 'p-1' })]
  const named = { numbers: new Map([['p-1', 7]]), names: new Map([['p-1', '<b>喷雾</b>']]) }
  const known = { marks, timeline, ...named, end: START + MINUTE, metric: 'retention' as const }
  const { formatter } = course(known).tooltip
  const box = formatter([
    { seriesId: 'curve', axisValue: START, value: [START, 0.615] },
    { seriesId: 'comments', axisValue: START, value: [START, null] },
    { seriesId: 'gmv', axisValue: START, value: [START, 199] },
    { seriesId: 'marks', axisValue: START, value: [START, 0.9] },
  ])
  expect([...box.children].map((line) => line.textContent?.trim())).toEqual([
    '20:00',
    '● 在线人数 61.5%',
    '● 弹幕 —',
    '● 成交额 ¥199.00',
    '▶ #7 <b>喷雾</b>',
    '◆ <img src=x> 1',
  ])
  expect(box.querySelector('img, b')).toBeNull()
})

test('a long show keeps the lines of its last marks only', () => {
  const marks = marksOf(
    Array.from({ length: 300 }, (_, i) => entry(i)),
    () => '',
  )
  const curve = course({ marks }).series[0] as unknown as { markLine: { data: unknown[] } }
  expect(curve.markLine.data).toHaveLength(40)
})

test('the axis speaks the language of the metric', () => {
  const axis = (metric: Course['metric'], value: number) =>
    (course({ metric }).yAxis[0] as unknown as Axis).axisLabel.formatter(value)
  expect(axis('online', 500)).toBe('500')
  expect(axis('retention', 0.5)).toBe('50.0%')
  expect(axis('gpm', 12_345)).toBe('¥123.45')
})

test('the curve stays below the lane of the marks, on an axis that ends in a round number', () => {
  const end = (max: number) =>
    (course().yAxis[0] as unknown as { max: (of: { max: number }) => number }).max({ max })
  expect([526, 0.61, 9, 0, Number.NaN].map(end)).toEqual([800, 0.8, 12, 1, 1])
})

test('a new option leaves what is shown of the course as it is', () => {
  for (const large of [true, false])
    for (const zoom of course({ large }).dataZoom)
      for (const key of ['start', 'end', 'startValue', 'endValue'])
        expect(Object.keys(zoom)).not.toContain(key)
  expect(course({ large: true }).dataZoom.map((one) => one.type)).toEqual(['inside', 'slider'])
})

test('moving the cursor touches nothing but the cursor', () => {
  const { series } = cursorOption(START)
  expect(series.map((one) => one.id)).toEqual(['cursor'])
  expect(series[0]?.markLine.data).toHaveLength(1)
  expect(cursorOption(undefined).series[0]?.markLine.data).toEqual([])
  expect(course().series.map((one) => one.id)).not.toContain('cursor')
})
