import { onScopeDispose, ref } from 'vue'

const TICK_MS = 1_000
/** The header has whole seconds; on average half of one is over. */
const HALF_SECOND_MS = 500
/** Less than this is the way of the answer, not a wrong clock. */
const LAG_MIN_MS = 2_000

/** How far the clock of this machine is behind the server's. */
const lag = ref(0)

/** Takes the time that stands on an answer. */
export function hearServer(date: string | null) {
  const told = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(told)) return
  const observed = told + HALF_SECOND_MS - Date.now()
  lag.value = Math.abs(observed) < LAG_MIN_MS ? 0 : observed
}

/** The server's time, which moves by the second; a clock that runs out means the same on every machine. */
export function useNow() {
  const read = () => Date.now() + lag.value
  const now = ref(read())
  const ticking = setInterval(() => {
    now.value = read()
  }, TICK_MS)
  onScopeDispose(() => clearInterval(ticking))
  return now
}
