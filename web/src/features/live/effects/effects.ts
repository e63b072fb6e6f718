import { useQuery } from '@tanstack/vue-query'
import { computed, watch } from 'vue'
import { answer, api, type Schemas } from '../../../api/client'
import type { TimelineEntry } from '../../../stream/reduce'

export type Adjustment = Schemas['Adjustment']
export type MeasuredEffect = Schemas['MeasuredEffect']
export type Change = Schemas['Change']

export const CHANGES: Change[] = ['pace', 'activity', 'selling_point', 'price', 'item_order', 'other']
const MINUTE_MS = 60_000

/** The last change of a timeline, whoever of the crew logged it. */
const lastChange = (timeline: TimelineEntry[]) =>
  timeline.findLast((entry) => entry.what === 'adjustment_made')?.sequence ?? 0

/**
 * What was changed and what came of it. Another minute of the show may tell more, and anybody may log another change,
 * so it is asked for again then.
 */
export function useEffects(show: string, clock: () => number, timeline: () => TimelineEntry[]) {
  const query = useQuery({
    queryKey: ['effects', show],
    queryFn: () => answer(api.GET('/api/v1/shows/{show}/effects', { params: { path: { show } } })),
    // Whoever is typing in the cockpit is not taken away from it; the stream says that the session is over.
    meta: { staysOnPage: true },
  })
  const adjustments = computed<Adjustment[]>(() => query.data.value?.adjustments ?? [])
  watch(
    () => Math.floor(clock() / MINUTE_MS),
    () => {
      // A replay passes a minute in a second; an answer that is under way is waited for.
      if (adjustments.value.length > 0) void query.refetch({ cancelRefetch: false })
    },
  )
  watch(
    () => lastChange(timeline()),
    () => void query.refetch(),
  )
  return { query, adjustments }
}

/** A share's change in points, with its sign. */
function points(ppm: number | null | undefined): string | null {
  if (ppm === null || ppm === undefined) return null
  const value = ppm / 10_000
  const digits = Math.abs(value) < 1 ? 2 : 1
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(digits)}`
}

type Say = (key: string, words: Record<string, string>) => string

/**
 * What can be said of an effect. The difference between before and after says nothing by itself, so no number stands
 * without its interval, and none at all where nothing can be told.
 */
export function effectText(effect: MeasuredEffect, t: Say): string {
  const [low, high] = [points(effect.low_ppm), points(effect.high_ppm)]
  const change = points(effect.points_ppm)
  if (effect.finding === 'not_known' || low === null || high === null || change === null)
    return t('effects.not_known', {})
  if (effect.finding === 'not_distinguishable') return t('effects.not_distinguishable', { low, high })
  return t(`effects.${effect.finding}`, { points: change.replace(/^[+−]/, ''), low, high })
}

/** An arrow beside the word; red means up here. */
export const ARROWS: Record<MeasuredEffect['finding'], string> = {
  rose: '▲',
  fell: '▼',
  not_distinguishable: '≈',
  not_known: '…',
}
