import type { Minute } from '../../stream/reduce'

const MINUTE_MS = 60_000
/** Minutes of a cohort: few enough to see a change, enough for its shares to mean something. */
const COHORT_MINUTES = 5

/** How long a view must have lasted, in seconds, and what counts the views that did. */
export const WINDOWS = [
  { seconds: 30, of: (minute: Minute) => minute.retained_30 },
  { seconds: 60, of: (minute: Minute) => minute.retained_60 },
  { seconds: 300, of: (minute: Minute) => minute.retained_300 },
] as const

export interface Kept {
  kept: number
  /** Younger than the window at the show's clock: views may still grow into it. */
  provisional: boolean
}

export interface Cohort {
  from: number
  to: number
  /** Views that began in it. */
  views: number
  /** Whether anything was heard in all of its minutes. */
  whole: boolean
  /** One for each window. */
  windows: Kept[]
}

/** Views by the five minutes in which they began, with those that lasted. Sums only: the shares are divided on screen. */
export function cohortsOf(minutes: Minute[], clock: number): Cohort[] {
  const cohorts: Cohort[] = []
  for (let i = 0; i < minutes.length; i += COHORT_MINUTES) {
    const part = minutes.slice(i, i + COHORT_MINUTES)
    const [first] = part
    if (!first) break
    const to = (part.at(-1) ?? first).at + MINUTE_MS
    cohorts.push({
      from: first.at,
      to,
      views: part.reduce((sum, minute) => sum + minute.views, 0),
      whole: part.every((minute) => minute.has_data),
      windows: WINDOWS.map(({ seconds, of }) => ({
        kept: part.reduce((sum, minute) => sum + of(minute), 0),
        provisional: !settled(to, seconds, clock),
      })),
    })
  }
  return cohorts
}

/** Figures of minutes settle by whole minutes: once the window has passed after the last one, and the minute after that. */
function settled(to: number, seconds: number, clock: number): boolean {
  const minutes = Math.ceil((seconds * 1000) / MINUTE_MS) + 1
  return to / MINUTE_MS + minutes <= Math.floor(clock / MINUTE_MS)
}
