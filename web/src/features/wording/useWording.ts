import { computed, onScopeDispose, type Ref, ref, watch } from 'vue'
import { answer, api, explain } from '../../api/client'
import type { Goods, Place, WordingVerdict } from './wording'

/** A text is checked when the hand rests, not with every letter. */
const REST_MS = 300

/** Checks a text while it is typed. An answer to what was typed before is thrown away. */
export function useWording(text: Ref<string>, place: () => Place, category: () => Goods | undefined) {
  const verdict = ref<WordingVerdict | null>(null)
  /** What the verdict is about. */
  const checked = ref('')
  const failure = ref('')
  const checking = ref(false)
  let rest: ReturnType<typeof setTimeout> | undefined
  let asking: AbortController | undefined

  function forget() {
    clearTimeout(rest)
    asking?.abort()
    asking = undefined
    checking.value = false
  }

  async function check() {
    const mine = new AbortController()
    const asked = text.value
    asking = mine
    try {
      const body = { text: asked, place: place(), category: category() ?? null, evidence: false }
      const told = await answer(api.POST('/api/v1/wording/check', { body, signal: mine.signal }))
      if (asking !== mine) return
      verdict.value = told
      checked.value = asked
      failure.value = ''
    } catch (error) {
      if (asking !== mine) return
      failure.value = explain(error)
    }
    checking.value = false
  }

  watch(
    [text, place, category],
    () => {
      forget()
      if (text.value.trim() === '') {
        verdict.value = null
        checked.value = text.value
        failure.value = ''
        return
      }
      checking.value = true
      rest = setTimeout(check, REST_MS)
    },
    { immediate: true },
  )
  onScopeDispose(forget)

  /** Whether what is shown belongs to what stands in the field. */
  const current = computed(() => checked.value === text.value)
  const hits = computed(() => verdict.value?.hits ?? [])
  return { verdict, hits, current, checking, failure }
}
