import { computed, onScopeDispose, ref } from 'vue'
import type { RoomView } from './reduce'
import type { Show } from './room'

const TICK_MS = 250
/** Everything with a clock is drawn again when it moves, so it moves by whole seconds. */
const CLOCK_STEP_MS = 1_000
/** Two frames closer than this say nothing about the pace of a replay. */
const PACE_OVER_MS = 300
const PACE_MAX = 100
/** A replay may have stopped; the clock does not run on by itself for longer than this. */
const AHEAD_MAX_MS = 2_000

/** The show's clock between frames: the server's time in a live show, a pace of its own in a replay. */
export function useShowClock(view: { value: RoomView | null }, about: { value: Show | null }) {
  const wall = ref(Date.now())
  const lag = ref(0)
  const pace = ref({ server: 0, clock: 0, speed: 0 })

  function heard(frame: { type: string; server_time: number }) {
    // Deltas that were kept for us carry the time when they were made, which may be minutes ago.
    const observed = frame.server_time - Date.now()
    lag.value = frame.type === 'delta' ? Math.max(lag.value, observed) : observed
    if (frame.type === 'status') return
    const clock = view.value?.clock ?? 0
    const { server: before, clock: clockBefore, speed } = pace.value
    const passed = frame.server_time - before
    if (before > 0 && passed >= 0 && passed < PACE_OVER_MS) return
    const now = before > 0 && passed > 0 ? (clock - clockBefore) / passed : speed
    pace.value = { server: frame.server_time, clock, speed: Math.min(Math.max(now, 0), PACE_MAX) }
  }

  const clock = computed(() => {
    const last = view.value?.clock ?? 0
    let now = last
    if (about.value?.status === 'on_air') {
      const server = wall.value + lag.value
      if (about.value.mode === 'live') now = Math.max(last, server)
      else {
        const ahead = Math.max(0, Math.min(server - pace.value.server, AHEAD_MAX_MS))
        now = Math.max(last, pace.value.clock + ahead * pace.value.speed)
      }
    }
    return Math.floor(now / CLOCK_STEP_MS) * CLOCK_STEP_MS
  })

  const ticking = setInterval(() => {
    wall.value = Date.now()
  }, TICK_MS)
  onScopeDispose(() => clearInterval(ticking))
  return { clock, heard }
}
