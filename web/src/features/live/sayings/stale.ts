import { computed, onScopeDispose, ref, watch } from 'vue'
import type { Schemas } from '../../../api/client'
import type { RoomView, StaleQuote } from '../../../stream/reduce'

type Quoting = Pick<Schemas['Saying'], 'quotes' | 'stale'>
type Reason = Schemas['StaleReason']

/** Why something must not be said now. What was true only up to a moment ends with the clock, without a frame. */
export function staleReason(saying: Quoting, clock: number): Reason | null {
  if (saying.stale) return saying.stale
  return saying.quotes.some((quote) => quote.valid_to != null && quote.valid_to <= clock) ? 'expired' : null
}

const PRICES = ['live_price', 'daily_price', 'list_price']
export const isPrice = (field: string) => PRICES.includes(field)

/** The quotes of a saying that no longer hold; all that ended by themselves, where the server has not said so yet. */
export function staleQuotesOf(id: string, saying: Quoting, stale: StaleQuote[], clock: number) {
  const told = stale.filter((one) => one.saying === id).map((one) => one.quote)
  if (told.length > 0) return told
  return saying.quotes.filter((quote) => quote.valid_to != null && quote.valid_to <= clock)
}

/** The sayings with stale quotes, each once, in the order of the list. */
export function staleSayings(stale: StaleQuote[]): string[] {
  return [...new Set(stale.map((one) => one.saying))]
}

/**
 * Whether the prices of the line-up may be shown: not between the moment when facts changed and the moment when the
 * line-up was asked for anew. `asOf` is when it was, and `askAnew` asks for it.
 */
export function usePricesKnown(
  view: () => RoomView | null,
  asOf: () => number | undefined,
  askAnew: () => unknown,
) {
  const changedAt = ref(0)
  const stop = watch(
    () => view()?.facts_told ?? 0,
    (now, before) => {
      if (now === 0 || now === before) return
      changedAt.value = Date.now()
      askAnew()
    },
    { immediate: true },
  )
  onScopeDispose(stop)
  return computed(() => (asOf() ?? Number.POSITIVE_INFINITY) >= changedAt.value)
}
