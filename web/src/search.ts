import { computed, onScopeDispose, type Ref, ref, watch } from 'vue'

/** A list is asked for when the hand rests, not with every letter. */
const REST_MS = 250

/** Whether somebody typed a mobile number. It is looked for in a body, among customers, and never in a URL. */
export const looksLikePhone = (typed: string) => /^(?:\+?86)?1[3-9]\d{9}$/.test(typed.replace(/[\s-]/g, ''))

export interface Search {
  /** What stands in the field. */
  typed: Ref<string>
  /** What is asked for. */
  search: Ref<string>
  /** Whether a person's number stands in the field, which goes no further. */
  phone: Ref<boolean>
  clear: () => void
}

/** What is typed to look for something in a list whose address may be seen by others. */
export function useSearch(initial = ''): Search {
  const typed = ref(looksLikePhone(initial) ? '' : initial)
  const search = ref(typed.value)
  let rest: ReturnType<typeof setTimeout> | undefined
  watch(typed, (now) => {
    clearTimeout(rest)
    rest = setTimeout(() => {
      if (!looksLikePhone(now)) search.value = now.trim()
    }, REST_MS)
  })
  onScopeDispose(() => clearTimeout(rest))
  function clear() {
    typed.value = ''
    search.value = ''
  }
  return { typed, search, phone: computed(() => looksLikePhone(typed.value)), clear }
}
