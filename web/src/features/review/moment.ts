import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { RoomView } from '../../stream/reduce'

/** A room as it was at one moment. */
interface Moment {
  at: number
  view: RoomView
}

/**
 * The room at the moment that is looked at. One request is under way at a time, and after it the latest wish is asked
 * for: answers cannot overtake one another, dragging asks no more than the server can answer, and a slow server still
 * gets a word in while the show plays.
 */
export function useMoment(load: (at: number) => Promise<RoomView>) {
  const wanted = ref<number | null>(null)
  const moment = shallowRef<Moment | null>(null)
  const failure = shallowRef<unknown>(null)
  const loading = ref(false)
  let over = false
  onScopeDispose(() => {
    over = true
  })

  async function follow() {
    if (loading.value) return
    loading.value = true
    failure.value = null
    while (!over && wanted.value !== null && wanted.value !== moment.value?.at) {
      const at = wanted.value
      try {
        moment.value = { at, view: await load(at) }
      } catch (error) {
        // A newer wish is tried all the same.
        if (wanted.value !== at) continue
        failure.value = error
        break
      }
    }
    loading.value = false
  }

  function show(at: number) {
    wanted.value = at
    void follow()
  }

  const view = computed(() => moment.value?.view ?? null)
  /** Whether what is on the screen belongs to another moment than the one asked for. */
  const behind = computed(() => moment.value?.at !== wanted.value)
  return { view, failure, behind, show, retry: () => void follow() }
}
