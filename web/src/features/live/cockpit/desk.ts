import { computed, reactive, ref, shallowRef, watch } from 'vue'
import type { Question } from '../../../stream/reduce'

/** As many as a room keeps open; every one of them has its card. */
export const QUESTIONS_SHOWN = 500

/** `from` is the entry of the FAQ library whose answer was rewritten. */
type Send = (question: number, text: string | null, from: string | null) => Promise<boolean>

/** Which questions wait, which one is chosen, and what was typed so far for each. */
export function useDesk(
  questions: () => Question[],
  send: Send,
  claim: (question: number) => unknown = () => undefined,
) {
  const selected = ref<number | null>(null)
  const answering = ref(false)
  const drafts = reactive(new Map<number, string>())
  /** Entries of the FAQ library whose answers are being rewritten. */
  const rewritten = new Map<number, string>()
  /** Questions that were answered here and whose closing has not come back yet. */
  const closing = reactive(new Set<number>())
  /** Who types keeps the card, also when somebody else closes it: the next key must not act on another one. */
  const held = shallowRef<Question | null>(null)

  const waiting = computed(() => {
    const open = questions().filter((question) => question.state === 'open' && !closing.has(question.id))
    const list = open.slice(0, QUESTIONS_SHOWN)
    const kept = answering.value ? held.value : null
    if (kept === null || list.some((question) => question.id === kept.id)) return list
    return [...list, kept].sort((a, b) => a.id - b.id)
  })

  // The selection stays on its question; when that is closed, the next one takes its place.
  let place = 0
  watch(
    waiting,
    (now) => {
      const at = now.findIndex((question) => question.id === selected.value)
      if (at >= 0) place = at
      else selected.value = now[Math.min(Math.max(place, 0), now.length - 1)]?.id ?? null
    },
    { immediate: true },
  )
  watch(questions, (all) => {
    const open = new Set(all.filter((question) => question.state === 'open').map((question) => question.id))
    for (const id of closing) if (!open.has(id)) closing.delete(id)
    for (const id of drafts.keys()) if (!open.has(id) && id !== held.value?.id) drafts.delete(id)
    const latest = all.find((question) => question.id === held.value?.id)
    if (latest) held.value = latest
  })

  function select(question: number) {
    if (question !== selected.value) leave()
    selected.value = question
    place = waiting.value.findIndex((one) => one.id === question)
  }

  function move(by: number) {
    const at = waiting.value.findIndex((question) => question.id === selected.value)
    const next = waiting.value[Math.min(Math.max(at + by, 0), waiting.value.length - 1)]
    if (next) select(next.id)
  }

  function begin() {
    held.value = waiting.value.find((question) => question.id === selected.value) ?? null
    answering.value = held.value !== null
    // Nobody else starts on what is being typed here.
    if (held.value) claim(held.value.id)
  }

  /** Begins to type, with the answer of an entry to be rewritten. */
  function rewrite(question: number, draft: string, entry: string | null) {
    select(question)
    drafts.set(question, draft)
    if (entry === null) rewritten.delete(question)
    else rewritten.set(question, entry)
    begin()
  }

  function leave() {
    answering.value = false
    held.value = null
  }

  /** Takes a card off the desk while `sending` closes it; if that is refused, it comes back. */
  async function close(question: number, sending: () => Promise<boolean>): Promise<boolean> {
    leave()
    closing.add(question)
    const done = await sending()
    if (!done) closing.delete(question)
    return done
  }

  async function answer(question: number, text: string | null): Promise<boolean> {
    drafts.delete(question)
    const from = text === null ? null : (rewritten.get(question) ?? null)
    const done = await close(question, () => send(question, text, from))
    if (done) rewritten.delete(question)
    if (!done && text !== null) drafts.set(question, text)
    return done
  }

  return { waiting, selected, answering, drafts, select, move, begin, rewrite, leave, answer, close }
}
