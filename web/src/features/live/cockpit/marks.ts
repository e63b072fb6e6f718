import type { TimelineEntry } from '../../../stream/reduce'

/** More marks than this are no longer told apart. */
const MARKS_SHOWN = 200

type Kind = 'alarm' | 'closed' | 'change' | 'marker' | 'card' | 'note'

/** The lanes of the marks take so much of the height, in pixels from the top. */
export const LANES_PX = 26

/** Each kind has a shape, so that colour is never alone, and a lane, in pixels from the top. */
export const MARKS: Record<Kind, { symbol: string; glyph: string; colour: string; lane: number }> = {
  alarm: { symbol: 'triangle', glyph: '▲', colour: '#f0706a', lane: 8 },
  closed: { symbol: 'triangle', glyph: '▼', colour: '#63b97b', lane: 8 },
  change: { symbol: 'diamond', glyph: '◆', colour: '#4fb3a5', lane: 8 },
  marker: { symbol: 'pin', glyph: '⚑', colour: '#e3a53a', lane: 8 },
  card: { symbol: 'rect', glyph: '■', colour: '#6ea8e8', lane: 20 },
  note: { symbol: 'circle', glyph: '●', colour: '#93a2b1', lane: 20 },
}

/** What of the timeline is a mark, and of which kind; what the audience can see of it stands in other lists. */
const KINDS: Partial<Record<TimelineEntry['what'], Kind>> = {
  alarm_raised: 'alarm',
  alarm_closed: 'closed',
  adjustment_made: 'change',
  marker_placed: 'marker',
  card_pushed: 'card',
  note_taken: 'note',
}

/** Whatever changed the course is drawn through all of it. */
const LINES: Kind[] = ['alarm', 'change', 'marker']
const lines = (kind: Kind) => LINES.includes(kind)

export interface Mark {
  at: number
  kind: Kind
  text: string
}

export function marksOf(timeline: TimelineEntry[], describe: (entry: TimelineEntry) => string): Mark[] {
  return timeline
    .flatMap((entry) => {
      const kind = KINDS[entry.what]
      return kind ? [{ entry, kind }] : []
    })
    .slice(-MARKS_SHOWN)
    .map(({ entry, kind }) => ({ at: entry.at, kind, text: describe(entry) }))
}

/** The marks as points of a lane above the curve. Their words stand in the tooltip of their minute. */
export function marksSeries(marks: Mark[], axis: number, plot: number) {
  return {
    id: 'marks',
    type: 'scatter',
    yAxisIndex: axis,
    tooltip: { show: false },
    z: 5,
    data: marks.map(({ at, kind }) => ({
      value: [at, 1 - MARKS[kind].lane / plot],
      symbol: MARKS[kind].symbol,
      symbolSize: kind === 'marker' ? 13 : lines(kind) ? 10 : 7,
      symbolRotate: kind === 'closed' ? 180 : 0,
      itemStyle: { color: MARKS[kind].colour },
    })),
  }
}

export function markLines(marks: Mark[], shown: number) {
  return marks
    .filter((mark) => lines(mark.kind))
    .slice(-shown)
    .map(({ at, kind }) => ({
      xAxis: at,
      lineStyle: { color: MARKS[kind].colour, type: 'dashed', width: 1, opacity: 0.7 },
      label: { show: false },
    }))
}
