import { time } from '../../../format'
import { type Minute, stagedIntervals, type TimelineEntry } from '../../../stream/reduce'

/** More flags than this hide the curve. */
const MARKS_SHOWN = 40
/** An item that was on stage for less than this part of the show has no room for its number. */
const NUMBERED_FROM = 0.03

/** The bars of the comments take this part of the height, as one of so many. */
const COMMENTS_SHARE = 4
const MINUTE_MS = 60_000

const COLOURS = {
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
  minutes: Minute[]
  timeline: TimelineEntry[]
  /** Until when the item on stage was there. */
  end: number
  /** Link numbers, by which a crew calls its items. */
  numbers: Map<string, number>
  /** Without orders from the source there is no line at zero. */
  moneyKnown: boolean
}

export interface Words {
  online: string
  comments: string
  gmv: string
}

/** What the chart draws. Series have ids, so that a later option changes them instead of making them anew. */
export function timelineOption(course: Course, words: Words) {
  return {
    ...frame(course, words),
    series: [online(course, words), comments(course, words), gmv(course, words)],
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

function online({ minutes, timeline, end, numbers }: Course, words: Words) {
  const length = end - (minutes[0]?.at ?? end)
  const staged = stagedIntervals(timeline, end)
  const areas = staged.map((item, i) => [
    {
      name: `#${numbers.get(item.product) ?? '?'}`,
      xAxis: item.from,
      itemStyle: { color: COLOURS.staged[i % 2] },
      label: {
        show: item.to - item.from >= length * NUMBERED_FROM,
        position: 'insideTop',
        color: COLOURS.muted,
        fontSize: 11,
      },
    },
    { xAxis: item.to },
  ])
  const marks = timeline
    .filter((entry) => entry.what === 'marker_placed')
    .slice(-MARKS_SHOWN)
    .map((entry) => ({
      xAxis: entry.at,
      lineStyle: { color: COLOURS.money, type: 'dashed' },
      label: { formatter: '⚑', color: COLOURS.money },
    }))
  return {
    id: 'online',
    name: words.online,
    type: 'line',
    showSymbol: false,
    data: points(minutes, (minute) => minute.online ?? null),
    lineStyle: { color: COLOURS.online, width: 2 },
    itemStyle: { color: COLOURS.online },
    markArea: { silent: true, data: areas },
    markLine: { silent: true, symbol: 'none', data: marks },
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

function frame({ end, moneyKnown }: Course, words: Words) {
  const label = { color: COLOURS.muted, fontSize: 10 }
  const axis = { axisLine: { lineStyle: { color: COLOURS.line } }, axisLabel: label }
  return {
    animation: false,
    textStyle: { fontFamily: 'inherit' },
    grid: { left: 44, right: 60, top: 30, bottom: 22 },
    legend: {
      data: [words.online, words.comments, ...(moneyKnown ? [words.gmv] : [])],
      top: 2,
      textStyle: { color: COLOURS.muted, fontSize: 11 },
      itemHeight: 8,
      itemWidth: 14,
    },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: COLOURS.raised,
      borderColor: COLOURS.line,
      textStyle: { color: COLOURS.text, fontSize: 12 },
    },
    xAxis: {
      type: 'time',
      ...axis,
      // The minute that is open belongs on the chart, with the item that is on stage in it.
      minInterval: MINUTE_MS,
      max: ({ max }: { max: number }) => Math.max(max, end),
      axisLabel: { ...label, formatter: (at: number) => time(at).slice(0, 5), hideOverlap: true },
      // Without this the tooltip tells the time of the browser's own zone.
      axisPointer: {
        label: { formatter: ({ value }: { value: unknown }) => time(Number(value)).slice(0, 5) },
      },
      splitLine: { show: false },
    },
    yAxis: [
      { type: 'value', ...axis, minInterval: 1, splitLine: { lineStyle: { color: COLOURS.faint } } },
      {
        type: 'value',
        show: moneyKnown,
        ...axis,
        splitLine: { show: false },
        axisLabel: { ...label, formatter: (yuan: number) => `¥${yuan}` },
      },
      // Comments have a scale of their own, at the foot of the chart: beside 60,000 viewers they would not be seen.
      { type: 'value', show: false, max: ({ max }: { max: number }) => Math.max(max, 1) * COMMENTS_SHARE },
    ],
  }
}
