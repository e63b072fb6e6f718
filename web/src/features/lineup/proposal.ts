import { computed, ref, shallowRef } from 'vue'
import { answer, api, ProblemError } from '../../api/client'
import { type Assumptions, learn, type Proposed } from './assumptions'
import { type Typed, textOf, type Wishes } from './wishes'

/** What the server refused of a field, and the text that it refused. */
interface Refusal {
  text: string
  expected: string
}

/** A proposal for the line-up of a show, and what it rests on. Nothing of it is stored. */
export function useProposal(show: string, typed: Typed) {
  const assumptions = shallowRef<Assumptions>({ products: new Map() })
  /** The last answer: what the numbers rest on. */
  const answered = shallowRef<Proposed | null>(null)
  /** The order that somebody asked for, and from what. */
  const wanted = shallowRef<{ proposed: Proposed; wishes: string } | null>(null)
  const pending = ref(false)
  const failure = shallowRef<unknown>(null)
  const refusals = shallowRef(new Map<string, Refusal>())
  let asked = 0

  async function ask(wishes: Wishes): Promise<Proposed | null> {
    asked += 1
    const mine = asked
    failure.value = null
    refusals.value = new Map()
    try {
      const params = { path: { show } }
      const proposed = await answer(
        api.POST('/api/v1/shows/{show}/lineup/proposal', { params, body: wishes }),
      )
      // Somebody asked again in the meantime; only the last answer counts.
      if (mine !== asked) return null
      assumptions.value = learn(assumptions.value, wishes, proposed)
      answered.value = proposed
      return proposed
    } catch (error) {
      if (mine !== asked) return null
      failure.value = error
      refusals.value = refusedFields(error, typed)
      return null
    }
  }

  /** Asks what is assumed; no order is shown that nobody asked for. */
  const begin = (wishes: Wishes) => ask(wishes)

  async function propose(wishes: Wishes) {
    if (pending.value) return
    pending.value = true
    const proposed = await ask(wishes)
    pending.value = false
    if (proposed) wanted.value = { proposed, wishes: JSON.stringify(wishes) }
  }

  /** A refusal stands at its field until the field is changed. */
  const refused = computed(
    () => new Map([...refusals.value].filter(([field, { text }]) => textOf(typed, field) === text)),
  )
  return { begin, propose, assumptions, answered, wanted, pending, failure, refusals, refused }
}

function refusedFields(error: unknown, typed: Typed): Map<string, Refusal> {
  const errors = error instanceof ProblemError ? (error.problem.errors ?? []) : []
  return new Map(
    errors.flatMap(({ field, expected }): [string, Refusal][] => {
      const text = textOf(typed, field)
      return text === undefined ? [] : [[field, { text, expected }]]
    }),
  )
}
