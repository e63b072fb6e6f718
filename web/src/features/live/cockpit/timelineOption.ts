import { count, type MetricName, minuteValue, money, percent, time } from '../../../format'
import { type Minute, stagedIntervals, type TimelineEntry } from '../../../stream/reduce'
import { courseTooltip } from './courseTooltip'
import { LANES_PX, type Mark, markLines, marksSeries } from './marks'

/** More lines than this hide the curve. */
const MARKS_SHOWN = 40
/** A stretch that is narrower has no room for the number of its item. */
const NUMBERED_FROM_PX = 26
/** A letter of the name of an item takes so much. */
const LETTER_PX = 12
/** From so many letters on a name says something. */
const NAMED_FROM_LETTERS = 6

/** However low a chart is, its curve is not pressed down further than this. */
const ROOM_MAX = 1.6
/** And the names of the items stand between the two. */
const NAMES_PX = 14
const TOP_PX = 8
const LEFT_PX = 52
const RIGHT_PX = 56
const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]
/** The axis of the marks, the last one. */
const MARKS_AXIS = 3
/** The bars of the comments take this part of the height, as one of so many. */
const COMMENTS_SHARE = 4
const MINUTE_MS = 60_000
/** Closer than this nothing is to be seen in figures of minutes. */
const ZOOM_MIN_MS = 4 * MINUTE_MS

export const COLOURS = {
  text: '#e6ecf2',
  muted: '#93a2b1',
  line: '#2c3946',
  faint: '#222d38',
  raised: '#202b37',
  online: '#4fb3a5',
  comments: '#6ea8e8',
  money: '#e3a53a',
  staged: ['rgba(110,168,232,0.10)', 'rgba(79,179,165,0.10)'],
}

export interface Course {
  metric: MetricName
  minutes: Minute[]
  timeline: TimelineEntry[]
  marks: Mark[]
  /** Until when the item on stage was there. */
  end: number
  /** Link numbers, by which a crew calls its items. */
  numbers: Map<string, number>
  names: Map<string, string>
  /** Without orders from the source there is no line at zero. */
  moneyKnown: boolean
  /** How large the chart is, and which part of the course it shows. */
  width: number
  height: number
  shown: number
  /** A large chart has a strip by which the shown part is moved. */
  large: boolean
}

export interface Words {
  metric: string
  comments: string
  gmv: string
}

/** What the chart draws. Series have ids, so that a later option changes them instead of making them anew. */
export function timelineOption(course: Course, words: Words) {
  return {
    ...frame(course, words),
    series: [
      curve(course, words),
      comments(course, words),
      gmv(course, words),
      marksSeries(course.marks, MARKS_AXIS, plotOf(course)),
    ],
  }
}

/** The line at the moment that is looked at, as a series of its own: moving it draws nothing else anew. */
export function cursorOption(cursor: number | undefined) {
  // The time stands beside the scrubber; here it would lie over the names of the items.
  const data = cursor ? [{ xAxis: cursor, label: { show: false } }] : []
  const lineStyle = { color: COLOURS.text, type: 'solid', width: 2 }
  return {
    series: [
      { id: 'cursor', type: 'line', data: [], markLine: { silent: true, symbol: 'none', lineStyle, data } },
    ],
  }
}

/** A minute without data is a gap in the line, not a zero. */
function points(minutes: Minute[], pick: (minute: Minute) => number | null) {
  return minutes.map((minute) => [minute.at, minute.has_data ? pick(minute) : null])
}

const MONEY: MetricName[] = ['order_value', 'gpm']

/** A value of the chosen metric on its axis and in the tooltip. */
function valueText(metric: MetricName, value: number): string {
  if (metric === 'online') return count(value)
  return MONEY.includes(metric) ? money(value) : percent(value)
}

/** The number of an item, and as much of its name as its stretch has room for. */
function bandName({ numbers, names }: Course, product: string, letters: number): string {
  const number = `#${numbers.get(product) ?? '?'}`
  const name = names.get(product)
  if (!name || letters < NAMED_FROM_LETTERS) return number
  const room = letters - 4
  return `${number} ${name.length > room ? `${name.slice(0, room)}…` : name}`
}

function curve(course: Course, words: Words) {
  const { minutes, timeline, end, metric, width, shown } = course
  const length = Math.max(1, end - (minutes[0]?.at ?? end)) * shown
  const areas = stagedIntervals(timeline, end).map((item, i) => {
    const wide = ((item.to - item.from) / length) * (width - LEFT_PX - RIGHT_PX)
    return [
      {
        name: bandName(course, item.product, Math.floor(wide / LETTER_PX)),
        xAxis: item.from,
        itemStyle: { color: COLOURS.staged[i % 2] },
        label: {
          show: wide >= NUMBERED_FROM_PX,
          position: 'insideTop',
          // Below the lane of the marks.
          distance: LANES_PX,
          color: COLOURS.muted,
          fontSize: 11,
        },
      },
      { xAxis: item.to },
    ]
  })
  return {
    id: 'curve',
    name: words.metric,
    type: 'line',
    showSymbol: minutes.length === 1,
    data: points(minutes, (minute) => minuteValue(metric, minute)),
    lineStyle: { color: COLOURS.online, width: 2 },
    itemStyle: { color: COLOURS.online },
    markArea: { silent: true, data: areas },
    markLine: { silent: true, symbol: 'none', data: markLines(course.marks, MARKS_SHOWN) },
  }
}

function comments({ minutes }: Course, words: Words) {
  return {
    id: 'comments',
    name: words.comments,
    type: 'bar',
    yAxisIndex: 2,
    data: points(minutes, (minute) => minute.comments),
    itemStyle: { color: COLOURS.comments, opacity: 0.45 },
    barMaxWidth: 8,
  }
}

function gmv({ minutes, moneyKnown }: Course, words: Words) {
  return {
    id: 'gmv',
    name: words.gmv,
    type: 'line',
    yAxisIndex: 1,
    showSymbol: false,
    // The money of a minute lies between its beginning and its end.
    step: 'end',
    data: moneyKnown ? points(minutes, (minute) => minute.gmv / 100) : [],
    lineStyle: { color: COLOURS.money, width: 1.5, type: 'dashed' },
    itemStyle: { color: COLOURS.money },
  }
}

function frame(course: Course, words: Words) {
  const { end, metric, minutes, moneyKnown, large } = course
  const label = { color: COLOURS.muted, fontSize: 10 }
  const axis = { axisLine: { lineStyle: { color: COLOURS.line } }, axisLabel: label }
  return {
    animation: false,
    textStyle: { fontFamily: 'inherit' },
    grid: { left: LEFT_PX, right: RIGHT_PX, top: TOP_PX, bottom: bottom(course) },
    tooltip: {
      trigger: 'axis',
      confine: true,
      formatter: (points: Point[]) => tooltip(points, course, words),
      backgroundColor: COLOURS.raised,
      borderColor: COLOURS.line,
      textStyle: { color: COLOURS.text, fontSize: 12 },
    },
    dataZoom: zooms(large),
    xAxis: {
      type: 'time',
      ...axis,
      // The minute that is open belongs on the chart, with the item that is on stage in it.
      minInterval: MINUTE_MS,
      min: ({ min }: { min: number }) => minutes[0]?.at ?? min,
      max: ({ max }: { max: number }) => Math.max(max, end),
      axisLabel: { ...label, formatter: (at: number) => time(at).slice(0, 5), hideOverlap: true },
      // Without this the tooltip tells the time of the browser's own zone.
      axisPointer: {
        label: { formatter: ({ value }: { value: unknown }) => time(Number(value)).slice(0, 5) },
      },
      splitLine: { show: false },
    },
    yAxis: [
      {
        type: 'value',
        ...axis,
        minInterval: metric === 'online' ? 1 : 0,
        min: 0,
        max: ({ max }: { max: number }) => headroom(max, plotOf(course)),
        splitLine: { lineStyle: { color: COLOURS.faint } },
        axisLabel: { ...label, formatter: (value: number) => valueText(metric, value) },
      },
      {
        type: 'value',
        show: moneyKnown,
        ...axis,
        splitLine: { show: false },
        min: 0,
        max: ({ max }: { max: number }) => headroom(max, plotOf(course)),
        axisLabel: { ...label, formatter: (yuan: number) => `¥${yuan}` },
      },
      // Comments have a scale of their own, at the foot of the chart: beside 60,000 viewers they would not be seen.
      { type: 'value', show: false, max: ({ max }: { max: number }) => Math.max(max, 1) * COMMENTS_SHARE },
      { type: 'value', show: false, min: 0, max: 1 },
    ],
  }
}

interface Point {
  seriesId: string
  axisValue: number
  value: [number, number | null]
}

/** The figures of a minute, what was on stage in it, also where its stretch is too narrow for a name, and what was done. */
function tooltip(points: Point[], course: Course, words: Words): HTMLElement {
  const { metric, marks, timeline, end, numbers, names } = course
  const at = points[0]?.axisValue ?? 0
  const items = stagedIntervals(timeline, end)
    .filter((item) => item.from < at + MINUTE_MS && item.to > at)
    .map(({ product }) => `#${numbers.get(product) ?? '?'} ${names.get(product) ?? product}`)
  const said: Record<string, [words: string, colour: string, text: (value: number) => string]> = {
    curve: [words.metric, COLOURS.online, (value) => valueText(metric, value)],
    comments: [words.comments, COLOURS.comments, count],
    gmv: [words.gmv, COLOURS.money, (yuan) => money(yuan * 100)],
  }
  const lines = points.flatMap(({ seriesId, value }) => {
    const known = said[seriesId]
    if (!known) return []
    const [name, colour, text] = known
    return [{ words: name, colour, value: value[1] === null ? '—' : text(value[1]) }]
  })
  const done = marks.filter((mark) => mark.at >= at && mark.at < at + MINUTE_MS)
  return courseTooltip(time(at).slice(0, 5), lines, items, done)
}

/** A large chart has the strip of what is shown below its axis. */
const bottom = ({ large }: Course) => (large ? 44 : 22)
const plotOf = (course: Course) => Math.max(1, course.height - TOP_PX - bottom(course))

/** An end of an axis that is round and leaves room for the lane of the marks above the curve. */
function headroom(max: number, plot: number): number {
  const least = max * Math.min(ROOM_MAX, plot / Math.max(1, plot - LANES_PX - NAMES_PX))
  if (!Number.isFinite(least) || least <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(least))
  return (ROUND.find((step) => step * power >= least) ?? 10) * power
}

/** What is shown of the course is left as it is by an option that does not name it. */
function zooms(large: boolean) {
  const all = { xAxisIndex: 0, filterMode: 'none', minValueSpan: ZOOM_MIN_MS }
  const strip = {
    id: 'strip',
    type: 'slider',
    ...all,
    height: 16,
    bottom: 4,
    borderColor: COLOURS.line,
    fillerColor: 'rgba(79,179,165,0.18)',
    dataBackground: { lineStyle: { color: COLOURS.muted }, areaStyle: { color: COLOURS.faint } },
    textStyle: { color: COLOURS.muted, fontSize: 10 },
    labelFormatter: (at: number) => time(at).slice(0, 5),
  }
  return [{ id: 'inside', type: 'inside', ...all }, ...(large ? [strip] : [])]
}
