import { useQuery } from '@tanstack/vue-query'
import { computed, ref } from 'vue'
import { answer, api, type Schemas } from '../../../api/client'
import type { MetricName } from '../../../format'

export type MinuteEvent = Schemas['MinuteEvent']

const MINUTE_MS = 60_000
/** A minute that runs on is asked for again so often. */
const AGAIN_MS = 5_000

/** Every type of event that Livehand knows. */
export const TYPES = [
  'comment',
  'join',
  'leave',
  'like',
  'share',
  'follow',
  'gift',
  'product_view',
  'product_click',
  'order_created',
  'order_paid',
  'order_refunded',
  'stats',
  'reading',
  'crew.question_answered',
  'crew.item_staged',
  'crew.card_pushed',
  'crew.card_acknowledged',
  'crew.closing_line_said',
  'crew.marker_placed',
  'crew.note_taken',
  'crew.adjustment_made',
  'crew.alarm_taken',
  'crew.alarm_step_done',
  'crew.alarm_closed',
  'crew.demand_closed',
  'crew.auto_answers_set',
  'rule.alarm_raised',
  'rule.alarm_escalated',
  'rule.alarm_resolved',
  'heartbeat',
] as const

const INTERACTIONS = ['comment', 'like', 'share', 'follow', 'gift']
/** The events that a metric is made of. */
export const BEHIND: Record<MetricName, string[]> = {
  online: ['join', 'leave', 'heartbeat', 'stats'],
  interaction_rate: INTERACTIONS,
  conversion_rate: ['order_paid'],
  order_value: ['order_paid'],
  gpm: ['order_paid', 'join'],
  retention: ['join', 'leave'],
  sources: ['join'],
  product_click_through: ['product_view', 'product_click'],
}

/** What the filter offers besides single types. */
export const ALL = 'all'
export const QUIET = 'quiet'
export const OF_METRIC = 'metric'

function typesOf(choice: string, metric: MetricName): string | undefined {
  if (choice === ALL) return undefined
  // Signs of life outnumber everything else and say nothing to a reader.
  if (choice === QUIET) return TYPES.filter((type) => type !== 'heartbeat').join(',')
  return choice === OF_METRIC ? BEHIND[metric].join(',') : choice
}

/** The events of the minute that was opened. */
export function useMinute(show: string, clock: () => number) {
  const at = ref<number | null>(null)
  const metric = ref<MetricName>('online')
  const choice = ref<string>(QUIET)
  const types = computed(() => typesOf(choice.value, metric.value))
  const query = useQuery({
    queryKey: ['minute', show, at, types],
    queryFn: () => {
      const path = { show, at: at.value ?? 0 }
      const params = { path, query: { types: types.value } }
      return answer(api.GET('/api/v1/shows/{show}/minutes/{at}/events', { params }))
    },
    enabled: () => at.value !== null,
    refetchInterval: () => (at.value !== null && clock() < at.value + MINUTE_MS ? AGAIN_MS : false),
    meta: { staysOnPage: true },
  })

  function open(moment: number, of: MetricName) {
    const minute = Math.floor(moment / MINUTE_MS) * MINUTE_MS
    if (minute === at.value) void query.refetch()
    if (of !== metric.value) choice.value = of === 'online' ? QUIET : OF_METRIC
    metric.value = of
    at.value = minute
  }
  function close() {
    at.value = null
  }
  return { at, metric, choice, query, open, close }
}
