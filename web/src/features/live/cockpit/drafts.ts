import { reactive } from 'vue'
import { answer, api, explain, type Schemas } from '../../../api/client'
import type { Question } from '../../../stream/reduce'
import { isSure, type Offered } from './offers'

export type AnswerDraft = Schemas['AnswerDraft']
type Ready = NonNullable<AnswerDraft['ready']>

/** What has become of the draft of a card. */
export type DraftState =
  | { is: 'asked' }
  /** `told` is what the room knew of facts when it was asked for. */
  | { is: 'ready'; model: string; draft: Ready; told: number; kept: 'no' | 'keeping' | 'yes'; why: string }
  | { is: 'refused'; model: string; written: string; reasons: AnswerDraft['refused'] }
  | { is: 'failed'; why: string }

/** Drafts that this console asked the model for. Nobody else has them, and nothing sends them but a person. */
export function useDrafts(show: string, factsTold: () => number) {
  const states = reactive(new Map<number, DraftState>())

  async function ask(question: number) {
    if (states.get(question)?.is === 'asked') return
    const told = factsTold()
    states.set(question, { is: 'asked' })
    try {
      const params = { path: { show, question } }
      const drafted = await answer(api.POST('/api/v1/shows/{show}/questions/{question}/draft', { params }))
      const { model, written, ready, refused } = drafted
      states.set(
        question,
        ready
          ? { is: 'ready', model, draft: ready, told, kept: 'no', why: '' }
          : { is: 'refused', model, written, reasons: refused },
      )
    } catch (error) {
      states.set(question, { is: 'failed', why: explain(error) })
    }
  }

  /** Keeps a draft in the FAQ library, where somebody looks at it before it answers anybody. */
  async function keep(question: number) {
    const state = states.get(question)
    if (state?.is !== 'ready' || state.kept !== 'no') return
    states.set(question, { ...state, kept: 'keeping', why: '' })
    const { question: asked, entry, product } = state.draft
    const scope = product == null ? undefined : { of: 'product' as const, ids: [product] }
    try {
      const body = { question: asked, short: entry, level: 'B' as const, state: 'draft' as const, scope }
      await answer(api.POST('/api/v1/faq', { body }))
      states.set(question, { ...state, kept: 'yes', why: '' })
    } catch (error) {
      states.set(question, { ...state, kept: 'no', why: explain(error) })
    }
  }

  /** Whether facts have changed since the draft was asked for: what it says may no longer be so. */
  const isOld = (state: DraftState) => state.is === 'ready' && state.told !== factsTold()

  /** The draft of a card as an answer, if it may be sent as it stands. */
  function offered(question: number): Offered | null {
    const state = states.get(question)
    return state?.is === 'ready' && !isOld(state) ? state.draft.answer : null
  }

  /** Forgets the drafts of cards that are no longer open. */
  function forget(questions: Question[]) {
    const open = new Set(questions.filter((one) => one.state === 'open').map((one) => one.id))
    for (const id of states.keys()) if (!open.has(id)) states.delete(id)
  }

  return { states, ask, keep, isOld, offered, forget }
}
export type Drafts = ReturnType<typeof useDrafts>

/** Whether a card is worth a draft: what it offers is known, and none of it is sure. */
export const isWanting = (answers: Offered[] | null, failed: boolean) =>
  failed || (answers !== null && (answers[0] === undefined || !isSure(answers[0])))
