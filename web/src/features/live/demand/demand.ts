import { useQuery } from '@tanstack/vue-query'
import { computed, reactive, ref, watch } from 'vue'
import { answer, api, type Schemas } from '../../../api/client'

export type DemandCard = Schemas['DemandCard']
export type Demand = Schemas['Demand']
export type Sku = Schemas['DemandedSku']

/** Stock moves; while something rises it is looked up this often. */
const STOCK_EVERY_MS = 10_000

interface Sends {
  push: (level: 'red' | 'yellow' | 'green', text: string) => Promise<boolean>
  closeDemand: (demand: number, text: string) => Promise<boolean>
}
type Say = (key: string) => string

/**
 * Demands as the room has them, with stock and lines beside them. Counts come with the stream; what there is of it is
 * asked for when a card opens, when facts change, and now and then.
 */
export function useDemand(
  show: string,
  cards: () => DemandCard[],
  factsTold: () => number,
  sends: Sends,
  t: Say,
) {
  const closing = reactive(new Set<number>())
  const pushed = reactive(new Set<number>())
  const selected = ref<number | null>(null)
  const open = computed(() => cards().filter((card) => card.state === 'open' && !closing.has(card.id)))
  const lately = computed(() => cards().find((card) => card.state !== 'open') ?? null)
  const query = useQuery({
    queryKey: ['demand', show],
    queryFn: () => answer(api.GET('/api/v1/shows/{show}/demand', { params: { path: { show } } })),
    enabled: computed(() => open.value.length > 0),
    refetchInterval: STOCK_EVERY_MS,
    // Whoever is typing in the cockpit is not taken away from it; the stream says that the session is over.
    meta: { staysOnPage: true },
  })
  const offers = computed(() => new Map((query.data.value?.demands ?? []).map((one) => [one.card.id, one])))
  watch(
    () => `${open.value.map((card) => card.id).join(' ')} ${factsTold()}`,
    () => {
      if (open.value.length > 0) void query.refetch()
    },
  )
  watch(
    open,
    (now) => {
      if (!now.some((card) => card.id === selected.value)) selected.value = now[0]?.id ?? null
    },
    { immediate: true },
  )

  function next() {
    const at = open.value.findIndex((card) => card.id === selected.value)
    selected.value = open.value[(at + 1) % Math.max(open.value.length, 1)]?.id ?? null
  }

  async function push(id: number | null) {
    const line = id === null ? null : offers.value.get(id)?.line
    if (id === null || !line || pushed.has(id)) return
    // Before the answer comes, so that a second press is no second card.
    pushed.add(id)
    if (!(await sends.push('yellow', line))) pushed.delete(id)
  }

  async function close(id: number | null) {
    if (id === null || closing.has(id)) return
    closing.add(id)
    const outcome = pushed.has(id) ? t('demand.closedPushed') : t('demand.closedAs')
    if (!(await sends.closeDemand(id, outcome))) closing.delete(id)
  }

  return { open, lately, offers, query, selected, pushed, next, push, close }
}

/** Viewers a minute over the last three, with one digit where it is small. */
export function speed(card: DemandCard): string {
  const perMinute = card.recent / 3
  return perMinute < 10 ? perMinute.toFixed(1) : String(Math.round(perMinute))
}

/** The heights of the bars, in percent of the highest; what is there at all can be seen. */
export function bars(perMinute: number[]): number[] {
  const most = Math.max(...perMinute, 1)
  return perMinute.map((n) => (n === 0 ? 0 : Math.max(8, Math.round((n / most) * 100))))
}
