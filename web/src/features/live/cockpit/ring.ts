/** A question is to be answered within this time. */
export const ANSWER_WITHIN_MS = 30_000

/** What the ring of a question shows: how much is left, or how long it is overdue. */
export function ring(askedAt: number, clock: number) {
  const left = ANSWER_WITHIN_MS - (clock - askedAt)
  const late = left <= 0
  const share = Math.min(1, Math.max(0, left / ANSWER_WITHIN_MS))
  const overdue = clock - askedAt - ANSWER_WITHIN_MS
  return { late, share, seconds: late ? Math.floor(overdue / 1000) : Math.min(30, Math.ceil(left / 1000)) }
}
