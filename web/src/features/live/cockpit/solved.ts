import type { Schemas } from '../../../api/client'

/**
 * The share of answers that solved their question, or null while it would mislead: an answer that was none is known at
 * once, one that solved only after three minutes, so that at first there are only failures.
 */
export function solvedShare(served: Schemas['Answering']): number | null {
  const settled = served.solved + served.unsolved
  const settling = served.answered - settled
  return settled > 0 && settled >= settling ? served.solved / settled : null
}
