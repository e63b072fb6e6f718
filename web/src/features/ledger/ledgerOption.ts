import type { Schemas } from '../../api/client'
import { dateTime, money } from '../../format'

type Series = Schemas['PriceSeries']

/** Words of the chart. */
export interface ChartWords {
  asked: string
  paidLow: string
  paidHigh: string
}

const COLOURS = { asked: '#6ea8e8', low: '#4fb3a5', high: '#93a2b1' }
const DAY_MS = 86_400_000

/** The course of the prices, in yuan; what is asked holds until the next price, so it is drawn in steps. */
export function ledgerOption(
  series: Series,
  allowed: number | null | undefined,
  words: ChartWords,
  now: number,
) {
  const yuan = (fen: number) => fen / 100
  const asked = series.asked.map(({ at, fen }): [number, number] => [at, yuan(fen)])
  const last = asked.at(-1)
  if (last && last[0] < now) asked.push([now, last[1]])
  const noon = (day: number) => day + DAY_MS / 2
  return {
    animation: false,
    grid: { left: 64, right: 16, top: 32, bottom: 28 },
    legend: { textStyle: { color: '#93a2b1' }, top: 0 },
    tooltip: {
      trigger: 'axis',
      formatter: (points: { value: [number, number]; seriesName: string; marker: string }[]) => {
        const at = points[0] ? dateTime(points[0].value[0]) : ''
        return [
          at,
          ...points.map((one) => `${one.marker}${one.seriesName} ${money(one.value[1] * 100)}`),
        ].join('<br>')
      },
    },
    xAxis: { type: 'time', axisLabel: { color: '#93a2b1' } },
    yAxis: {
      type: 'value',
      scale: true,
      axisLabel: { color: '#93a2b1', formatter: (value: number) => `¥${value}` },
      splitLine: { lineStyle: { color: '#2c3946' } },
    },
    series: [
      {
        name: words.asked,
        type: 'line',
        step: 'end',
        symbol: 'none',
        data: asked,
        lineStyle: { color: COLOURS.asked, width: 2 },
        itemStyle: { color: COLOURS.asked },
        ...(allowed != null
          ? {
              markLine: {
                silent: true,
                symbol: 'none',
                lineStyle: { color: '#e3a53a', type: 'dashed' },
                label: { color: '#e3a53a', formatter: money(allowed), position: 'insideEndTop' },
                data: [{ yAxis: yuan(allowed) }],
              },
            }
          : {}),
      },
      {
        name: words.paidLow,
        type: 'line',
        symbolSize: 4,
        data: series.paid.map(({ day, low }) => [noon(day), yuan(low)]),
        lineStyle: { color: COLOURS.low },
        itemStyle: { color: COLOURS.low },
      },
      {
        name: words.paidHigh,
        type: 'line',
        symbolSize: 4,
        data: series.paid.map(({ day, high }) => [noon(day), yuan(high)]),
        lineStyle: { color: COLOURS.high, type: 'dotted' },
        itemStyle: { color: COLOURS.high },
      },
    ],
  }
}
