import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { answer, api, ProblemError, type Schemas } from './client'

type Me = Schemas['Me']
export type Action = Schemas['Action']

/** Who is signed in. */
export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null)
  const known = ref(false)
  const permissions = computed(() => new Set<Action>(me.value?.permissions ?? []))

  /** Asks the server once; later calls are free. */
  async function load() {
    if (known.value) return
    try {
      me.value = await answer(api.GET('/api/v1/session'))
    } catch (error) {
      if (!unauthenticated(error)) throw error
      me.value = null
    }
    known.value = true
  }

  function enter(who: Me) {
    me.value = who
    known.value = true
  }

  /** The server no longer knows the session. */
  function expire() {
    me.value = null
    known.value = true
  }

  async function leave() {
    try {
      await answer(api.DELETE('/api/v1/session'))
    } catch (error) {
      if (!unauthenticated(error)) throw error
    }
    expire()
  }

  return { me, load, enter, expire, leave, may: (action: Action) => permissions.value.has(action) }
})

export const unauthenticated = (error: unknown) =>
  error instanceof ProblemError && error.problem.status === 401
