import { onScopeDispose, ref } from 'vue'
import { apiClient, explain, newId, ProblemError } from '../api/client'

const RETRY_FIRST_MS = 500
const RETRY_MAX_MS = 8_000

type Sent = { error?: unknown; response: Response }

/**
 * Sends commands. Each carries an id made here, so a command whose answer was lost is sent again with the same id until
 * the server has it or refuses it; what is typed while the connection is down is not lost.
 */
export function useCommands(show: string, token?: string) {
  const api = apiClient(token)
  const waiting = ref(0)
  const refusal = ref<string | null>(null)
  let over = false
  onScopeDispose(() => {
    over = true
  })

  async function untilAnswered(send: () => Promise<Sent>): Promise<boolean> {
    waiting.value += 1
    refusal.value = null
    try {
      for (let pause = RETRY_FIRST_MS; !over; pause = Math.min(pause * 2, RETRY_MAX_MS)) {
        const sent = await send().catch(() => null)
        if (sent?.response.ok) return true
        if (sent && sent.response.status < 500) {
          refusal.value = explain(new ProblemError(sent.error as ProblemError['problem']))
          return false
        }
        await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())))
      }
      return false
    } finally {
      waiting.value -= 1
    }
  }

  const path = { show }
  return {
    waiting,
    refusal,
    answer(question: number, text: string | null) {
      const body = { id: newId(), text, spoken: text === null }
      return untilAnswered(() =>
        api.POST('/api/v1/shows/{show}/questions/{question}/answer', {
          params: { path: { show, question } },
          body,
        }),
      )
    },
    stage(product: string | null) {
      const body = { id: newId(), product }
      return untilAnswered(() => api.POST('/api/v1/shows/{show}/stage', { params: { path }, body }))
    },
    push(level: 'red' | 'yellow' | 'green', text: string) {
      const body = { id: newId(), level, text }
      return untilAnswered(() => api.POST('/api/v1/shows/{show}/prompter/cards', { params: { path }, body }))
    },
    acknowledge(card: string) {
      const body = { id: newId() }
      const params = { path: { show, card } }
      return untilAnswered(() =>
        api.POST('/api/v1/shows/{show}/prompter/cards/{card}/acknowledge', { params, body }),
      )
    },
    mark(text: string) {
      const body = { id: newId(), text }
      return untilAnswered(() => api.POST('/api/v1/shows/{show}/markers', { params: { path }, body }))
    },
    note(text: string) {
      const body = { id: newId(), text }
      return untilAnswered(() => api.POST('/api/v1/shows/{show}/notes', { params: { path }, body }))
    },
  }
}
