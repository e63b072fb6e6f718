import { onScopeDispose, type Ref, ref, watch } from 'vue'
import { answer, api, explain, ProblemError, type Schemas } from '../../api/client'
import type { Promotion } from './draft'

export type Worst = Schemas['WorstOffers']

/** It is asked when the hand rests, not with every key. */
const REST_MS = 300

/** The worst price of what is typed. A newer question makes the answer to an older one worthless. */
export function useWorst(asked: Ref<{ promotion: Promotion; products: string[] } | undefined>) {
  const worst = ref<Worst>()
  const error = ref('')
  const faults = ref(new Map<string, string>())
  const working = ref(false)
  let rest: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | undefined
  let turn = 0

  async function ask(promotion: Promotion, products: string[]) {
    running?.abort()
    running = new AbortController()
    const own = ++turn
    working.value = true
    try {
      const body = { promotions: [promotion], products: products.map((product) => ({ product })) }
      const found = await answer(api.POST('/api/v1/offers/simulate', { body, signal: running.signal }))
      if (own !== turn) return
      worst.value = found
      error.value = ''
      faults.value = new Map()
    } catch (problem) {
      if (own !== turn) return
      worst.value = undefined
      const told = problem instanceof ProblemError ? (problem.problem.errors ?? []) : []
      faults.value = new Map(told.map((one) => [one.field.replace(/^promotions\[0\]\./, ''), one.expected]))
      error.value = told.length ? '' : explain(problem)
    } finally {
      if (own === turn) working.value = false
    }
  }

  watch(
    asked,
    (now) => {
      clearTimeout(rest)
      // Whatever is under way answers an older question.
      turn++
      running?.abort()
      working.value = now !== undefined
      if (!now?.products.length) {
        worst.value = undefined
        working.value = false
        return
      }
      rest = setTimeout(() => ask(now.promotion, now.products), REST_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(rest)
    running?.abort()
  })
  return { worst, error, faults, working }
}
