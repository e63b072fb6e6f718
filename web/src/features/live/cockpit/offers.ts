import { keepPreviousData, useQuery } from '@tanstack/vue-query'
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

/** The answers that the chosen card offers. They are asked for anew when facts change. */
export function useOffers(show: string, question: () => Question | null, factsTold: () => number) {
  const id = computed(() => question()?.id ?? null)
  const query = useQuery({
    queryKey: computed(() => ['answers', show, id.value, factsTold()]),
    enabled: computed(() => id.value !== null),
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const asked = id.value ?? 0
      const params = { path: { show, question: asked } }
      const found = await answer(api.GET('/api/v1/shows/{show}/questions/{question}/answers', { params }))
      return { asked, answers: found.answers }
    },
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

/** Puts a text where it can be pasted from; false if the browser does not let us. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
