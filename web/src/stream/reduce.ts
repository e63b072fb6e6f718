import type { Schemas } from '../api/client'

export type RoomView = Schemas['RoomView']
export type Delta = Schemas['Delta']
export type Question = Schemas['Question']
export type Card = Schemas['Card']
export type Minute = Schemas['Minute']
export type TimelineEntry = Schemas['TimelineEntry']

const COMMENTS_KEPT = 200
const CLOSED_QUESTIONS_KEPT = 50
const ACKNOWLEDGED_KEPT = 20
const TIMELINE_KEPT = 2000

/** The view after a delta, or null if the delta does not continue it and a snapshot is needed. */
export function reduce(view: RoomView, delta: Delta): RoomView | null {
  if (delta.from !== view.sequence) return null
  return {
    ...delta,
    minutes: mergeMinutes(view.minutes, delta.minutes),
    comments: [...view.comments, ...delta.comments].slice(-COMMENTS_KEPT),
    questions: mergeQuestions(view.questions, delta.questions),
    prompter: mergeCards(view.prompter, delta.prompter),
    timeline: [...view.timeline, ...delta.timeline].slice(-TIMELINE_KEPT),
  }
}

function mergeMinutes(known: Minute[], changed: Minute[]): Minute[] {
  if (changed.length === 0) return known
  const merged = new Map(known.map((minute) => [minute.at, minute]))
  for (const minute of changed) merged.set(minute.at, minute)
  return [...merged.values()].sort((a, b) => a.at - b.at)
}

function mergeQuestions(known: Question[], changed: Question[]): Question[] {
  if (changed.length === 0) return known
  const merged = new Map(known.map((question) => [question.id, question]))
  for (const question of changed) merged.set(question.id, question)
  const all = [...merged.values()]
  const open = all.filter((question) => question.state === 'open').sort((a, b) => a.id - b.id)
  const closed = all
    .filter((question) => question.state !== 'open')
    .sort((a, b) => (b.closed_at ?? 0) - (a.closed_at ?? 0))
  return [...open, ...closed.slice(0, CLOSED_QUESTIONS_KEPT)]
}

function mergeCards(known: Card[], changed: Card[]): Card[] {
  if (changed.length === 0) return known
  const merged = new Map(known.map((card) => [card.id, card]))
  for (const card of changed) merged.set(card.id, card)
  const all = [...merged.values()]
  const seen = all.filter((card) => card.acknowledged_at != null)
  seen.sort((a, b) => (b.acknowledged_at ?? 0) - (a.acknowledged_at ?? 0))
  return [...all.filter((card) => card.acknowledged_at == null), ...seen.slice(0, ACKNOWLEDGED_KEPT)]
}

/** Stretches of time that items were on stage. */
export function stagedIntervals(timeline: TimelineEntry[], end: number) {
  const intervals: { product: string; from: number; to: number }[] = []
  let open = false
  for (const entry of timeline) {
    if (entry.what !== 'item_staged') continue
    const last = intervals.at(-1)
    if (open && last) last.to = entry.at
    open = entry.subject != null
    if (entry.subject) intervals.push({ product: entry.subject, from: entry.at, to: end })
  }
  return intervals
}
