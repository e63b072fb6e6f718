import { useQuery } from '@tanstack/vue-query'
import { computed, watch } from 'vue'
import { answer, api, type Schemas } from '../../api/client'

export type Item = Schemas['Item']
/** Prices are changed during a show; a screen must not say an old one for longer than this. */
export const LINEUP_FRESH_MS = 30_000

/** What comes after the item on stage; the first one when nothing is there. */
export function itemAfter(items: Item[], staged: string | undefined): Item | undefined {
  if (staged === undefined) return items[0]
  const at = items.findIndex((item) => item.product.id === staged)
  return at < 0 ? undefined : items[at + 1]
}

/** The line-up of a show; asked for again when something that it does not know goes on stage. */
export function useLineup(show: string, staged: () => string | undefined) {
  const query = useQuery({
    queryKey: ['lineup', show],
    queryFn: () => answer(api.GET('/api/v1/shows/{show}/lineup', { params: { path: { show } } })),
    refetchInterval: LINEUP_FRESH_MS,
    // Whoever is typing in the cockpit is not taken away from it; the stream says that the session is over.
    meta: { staysOnPage: true },
  })
  const items = computed<Item[]>(() => query.data.value?.items ?? [])
  const names = computed(() => new Map(items.value.map((item) => [item.product.id, item.product.name])))
  const numbers = computed(
    () => new Map(items.value.map((item) => [item.product.id, item.product.link_number])),
  )
  const product = computed(() => items.value.find((item) => item.product.id === staged())?.product)
  watch(staged, (now) => {
    if (now !== undefined && !names.value.has(now)) void query.refetch()
  })
  return { query, items, names, numbers, product }
}
