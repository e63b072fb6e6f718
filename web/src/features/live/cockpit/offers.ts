import { keepPreviousData, useQueries, useQuery } from '@tanstack/vue-query'
import { computed, ref, watch } from 'vue'
import { answer, api, type Schemas } from '../../../api/client'
import type { Question } from '../../../stream/reduce'

export type Offered = Schemas['Offered']
export type ReplyRoute = Schemas['ReplyRoute']
export const ROUTES: readonly ReplyRoute[] = ['copy', 'prompter', 'overlay']

/** Which way the answers of a show go, as this console remembers it. */
export function useRoute(show: string) {
  const key = `livehand.route.${show}`
  const known = localStorage.getItem(key)
  const route = ref<ReplyRoute>(ROUTES.find((one) => one === known) ?? 'copy')
  watch(route, (now) => localStorage.setItem(key, now))
  return route
}

async function offersOf(show: string, question: number) {
  const params = { path: { show, question } }
  const found = await answer(api.GET('/api/v1/shows/{show}/questions/{question}/answers', { params }))
  return { asked: question, answers: found.answers }
}

/** The answers that the chosen card offers. They are asked for anew when facts change. */
export function useOffers(show: string, question: () => Question | null, factsTold: () => number) {
  const id = computed(() => question()?.id ?? null)
  const query = useQuery({
    queryKey: computed(() => ['answers', show, id.value, factsTold()]),
    enabled: computed(() => id.value !== null),
    placeholderData: keepPreviousData,
    queryFn: () => offersOf(show, id.value ?? 0),
  })
  /** Those of the chosen card; what belongs to the card before is not shown. */
  const answers = computed(() =>
    query.data.value?.asked === id.value ? (query.data.value?.answers ?? []) : null,
  )
  /** What is shown is older than what the room was told. */
  const renewing = computed(() => query.isPlaceholderData.value)
  return { answers, renewing, failure: query.error }
}
export type Offers = ReturnType<typeof useOffers>

/** Cards at the head of the desk that one key may answer together: as many as are read at a glance. */
export const AT_ONCE = 5
/** From here on nobody hesitates over an answer of the library that is before their eyes. */
const SURE_FROM_PERMILLE = 800

/** Whether a glance is enough: the facts say it, or the library is sure of it and lets it go with less than a rewrite. */
export const isSure = ({ text, level, faq, trust_permille, missing }: Offered) =>
  text != null &&
  missing.length === 0 &&
  (faq == null || (level !== 'C' && (trust_permille ?? 0) >= SURE_FROM_PERMILLE))

/** The best answers of the cards at the head of the desk, where they are sure; they are there before a card is chosen. */
export function useSure(show: string, head: () => Question[], factsTold: () => number) {
  const ids = computed(() =>
    head()
      .slice(0, AT_ONCE)
      .map((question) => question.id),
  )
  const found = useQueries({
    queries: computed(() =>
      ids.value.map((id) => ({
        queryKey: ['answers', show, id, factsTold()],
        queryFn: () => offersOf(show, id),
      })),
    ),
  })
  return computed(() => {
    const sure = new Map<number, Offered>()
    for (const { data } of found.value) {
      const best = data?.answers[0]
      if (data && best && isSure(best)) sure.set(data.asked, best)
    }
    return sure
  })
}

/** Puts a text where it can be pasted from; false if the browser does not let us. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
