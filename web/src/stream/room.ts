import { ref, shallowRef } from 'vue'
import { apiClient, type Problem, problemOf, type Schemas } from '../api/client'
import { useShowClock } from './clock'
import { type Delta, type RoomView, reduce } from './reduce'
import { useSocket } from './socket'

export type Show = Schemas['Show']
type StreamFrame = Schemas['StreamFrame']

const SUBPROTOCOL = 'livehand.v1'
/** Answers that trying again does not change. */
const FINAL_STATUS = [401, 403, 404, 410]

/** Follows a room; reconnects for as long as the page lives, and goes on where it broke off. */
export function useRoom(show: string, token?: string) {
  const view = shallowRef<RoomView | null>(null)
  const about = shallowRef<Show | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const leftOut = ref(0)
  const { clock, heard } = useShowClock(view, about)
  let resync = false
  const socket = useSocket({
    address,
    protocols: token ? [SUBPROTOCOL, `bearer.${token}`] : [SUBPROTOCOL],
    take: (data) => take(JSON.parse(data) as StreamFrame),
    unheard: () => void askWhy(),
  })

  function address(): string {
    const after = view.value && !resync ? `?after=${view.value.sequence}` : ''
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    return `${scheme}://${location.host}/api/v1/shows/${show}/stream${after}`
  }

  function take(frame: StreamFrame): boolean {
    if (frame.type === 'refused') {
      refused(frame.problem)
      return false
    }
    problem.value = null
    if (frame.type === 'status' || frame.type === 'snapshot') about.value = frame.show
    if (frame.type === 'snapshot') {
      view.value = frame.view
      resync = false
    }
    if (frame.type !== 'delta' || continued(frame.delta)) heard(frame)
    return true
  }

  function continued(delta: Delta): boolean {
    const next = view.value && reduce(view.value, delta)
    if (!next) {
      // What is on the screen stays until the snapshot is there; whoever types goes on typing.
      resync = true
      socket.renew()
      return false
    }
    view.value = next
    leftOut.value += delta.comments_left_out
    return true
  }

  function refused(why: Problem) {
    problem.value = why
    // A server that cannot now may well can later.
    if (FINAL_STATUS.includes(why.status)) socket.refuse()
  }

  /** To a page, a refused upgrade is only a closed socket; the same address, asked plainly, says why. */
  async function askWhy() {
    const call = apiClient(token).GET('/api/v1/shows/{show}/stream', { params: { path: { show } } })
    const answer = await call.catch(() => null)
    if (answer && socket.connection.value === 'lost' && FINAL_STATUS.includes(answer.response.status))
      refused(problemOf(answer.error, answer.response))
  }

  socket.connect()
  return { view, show: about, connection: socket.connection, problem, leftOut, clock }
}
