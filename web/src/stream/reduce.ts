import type { Schemas } from '../api/client'

export type RoomView = Schemas['RoomView']
export type Delta = Schemas['Delta']
export type Question = Schemas['Question']
export type Card = Schemas['Card']
export type Comment = Schemas['Comment']
export type Minute = Schemas['Minute']
export type Product = Schemas['ProductFigures']
export type TimelineEntry = Schemas['TimelineEntry']
export type Alarm = Schemas['Alarm']
export type Watch = Schemas['Watch']
export type Saying = Schemas['Saying']
export type StaleQuote = Schemas['StaleQuote']

// What the server keeps of each list, so that a view that followed for hours is the same as one that begins now.
export const COMMENTS_KEPT = 200
export const CLOSED_QUESTIONS_KEPT = 50
export const ACKNOWLEDGED_KEPT = 20
export const TIMELINE_KEPT = 2000
export const MINUTES_KEPT = 24 * 60

const MINUTE_MS = 60_000

/** The view after a delta, or null if the delta does not continue it and a snapshot is needed. */
export function reduce(view: RoomView, delta: Delta): RoomView | null {
  if (delta.from !== view.sequence) return null
  const { from, comments_left_out, questions_gone, cards_gone, ...whole } = delta
  return {
    ...whole,
    minutes: mergeMinutes(view.minutes, delta.minutes),
    products: mergeProducts(view.products, delta.products),
    comments: append(view.comments, delta.comments, COMMENTS_KEPT),
    questions: mergeQuestions(view.questions, delta.questions, questions_gone),
    prompter: mergeCards(view.prompter, delta.prompter, cards_gone),
    sayings: delta.sayings ?? view.sayings,
    stale: view.stale.length === 0 && delta.stale.length === 0 ? view.stale : delta.stale,
    alarms: delta.alarms ?? view.alarms,
    demands: delta.demands ?? view.demands,
    timeline: append(view.timeline, delta.timeline, TIMELINE_KEPT),
  }
}

/** A list that did not change stays the same object, so that nothing that shows it is drawn again. */
function append<T>(known: T[], added: T[], kept: number): T[] {
  return added.length === 0 ? known : [...known, ...added].slice(-kept)
}

/** A delta tells only minutes that changed; those in between without data are gaps, and a gap must be seen as one. */
function mergeMinutes(known: Minute[], changed: Minute[]): Minute[] {
  if (changed.length === 0) return known
  const merged = new Map(known.map((minute) => [minute.at, minute]))
  let last = known.at(-1)?.at ?? Number.NEGATIVE_INFINITY
  for (const minute of changed) {
    merged.set(minute.at, minute)
    last = Math.max(last, minute.at)
  }
  let first = Number.POSITIVE_INFINITY
  for (const minute of merged.values()) if (minute.has_data) first = Math.min(first, minute.at)
  const minutes: Minute[] = []
  for (let at = Math.max(first, last - (MINUTES_KEPT - 1) * MINUTE_MS); at <= last; at += MINUTE_MS)
    minutes.push(merged.get(at) ?? gap(at))
  return minutes
}

function gap(at: number): Minute {
  return {
    at,
    version: 0,
    has_data: false,
    online: null,
    sources: {},
    views: 0,
    retained_30: 0,
    retained_60: 0,
    retained_300: 0,
    present: 0,
    stayed: 0,
    interactions: 0,
    interactors: 0,
    comments: 0,
    like_taps: 0,
    shares: 0,
    follows: 0,
    gifts: 0,
    exposures: 0,
    exposed_viewers: 0,
    clicks: 0,
    clicking_viewers: 0,
    orders_created: 0,
    orders_paid: 0,
    buyers: 0,
    gmv: 0,
    refunds: 0,
  }
}

function mergeProducts(known: Product[], changed: Product[]): Product[] {
  if (changed.length === 0) return known
  const merged = new Map(known.map((product) => [product.product, product]))
  for (const product of changed) merged.set(product.product, product)
  return [...merged.values()]
}

function mergeQuestions(known: Question[], changed: Question[], gone: number[]): Question[] {
  if (changed.length === 0 && gone.length === 0) return known
  const merged = new Map(known.map((question) => [question.id, question]))
  for (const question of changed) merged.set(question.id, question)
  for (const id of gone) merged.delete(id)
  const all = [...merged.values()]
  const open = all.filter((question) => question.state === 'open').sort((a, b) => a.id - b.id)
  const closed = all
    .filter((question) => question.state !== 'open')
    .sort((a, b) => (b.closed_at ?? 0) - (a.closed_at ?? 0))
  return [...open, ...closed.slice(0, CLOSED_QUESTIONS_KEPT)]
}

function mergeCards(known: Card[], changed: Card[], gone: string[]): Card[] {
  if (changed.length === 0 && gone.length === 0) return known
  const merged = new Map(known.map((card) => [card.id, card]))
  for (const card of changed) merged.set(card.id, card)
  for (const id of gone) merged.delete(id)
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
