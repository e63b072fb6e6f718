import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { answer, api, type Schemas } from '../../../api/client'
import { percent } from '../../../format'

export type Open = Schemas['OpenHesitations']
export type Figures = Schemas['GuidedOrders']
export type LineWay = Schemas['LineWay']

/** Who hesitates does not wait for long. */
const FRESH_MS = 5_000

/** Who hesitates and may be addressed; asked for again and again while the show is on air. */
export function useHesitations(show: string, onAir: () => boolean) {
  const query = useQuery({
    queryKey: ['hesitations', show],
    queryFn: () => answer(api.GET('/api/v1/shows/{show}/hesitations', { params: { path: { show } } })),
    refetchInterval: () => (onAir() ? FRESH_MS : false),
    // Whoever is typing in the cockpit is not taken away from it; the stream says that the session is over.
    meta: { staysOnPage: true },
  })
  const groups = computed<Open[]>(() => query.data.value?.groups ?? [])
  const figures = computed(() => query.data.value?.figures)
  return { query, groups, figures }
}

export const keyOf = (open: Open) => `${open.product} ${open.doubt}`

/** A share of millionths in percentage points, with its sign. */
const points = (ppm: number) => `${ppm > 0 ? '+' : ppm < 0 ? '−' : ''}${Math.abs(ppm / 10_000).toFixed(1)}`

type Say = (key: string, words: Record<string, string | number>) => string

/** One group beside the other, as counts and as a share where there is one. */
export function groupText(group: Schemas['Group']): string {
  const share = group.hesitated > 0 ? ` ${percent(group.ordered / group.hesitated)}` : ''
  return `${group.ordered}/${group.hesitated}${share}`
}

/** What the two groups tell: a difference with its interval, or why none can be told. */
export function differenceText(figures: Figures, t: Say): string {
  if (!figures.orders_known) return t('hesitations.ordersUnknown', {})
  const { difference } = figures
  if (!difference) return t('hesitations.tooFew', { n: figures.enough_from })
  const [low, high] = [points(difference.low_ppm), points(difference.high_ppm)]
  const apart = difference.low_ppm > 0 || difference.high_ppm < 0
  const words = { points: points(difference.points_ppm), low, high }
  return t(apart ? 'hesitations.difference' : 'hesitations.notDistinguishable', words)
}
