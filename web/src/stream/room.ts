import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { Problem, Schemas } from '../api/client'
import { type RoomView, reduce } from './reduce'

export type Show = Schemas['Show']
type StreamFrame = Schemas['StreamFrame']
export type Connection = 'connecting' | 'live' | 'lost' | 'refused'

const SUBPROTOCOL = 'livehand.v1'
const RETRY_FIRST_MS = 300
const RETRY_MAX_MS = 8_000
/** A silent server is taken to be gone: it pings every 20 s, and a frame comes at least with every clock check. */
const CLOCK_TICK_MS = 250

/** Follows a room; reconnects for as long as the page lives. */
export function useRoom(show: string, token?: string) {
  const view = shallowRef<RoomView | null>(null)
  const about = shallowRef<Show | null>(null)
  const connection = ref<Connection>('connecting')
  const problem = shallowRef<Problem | null>(null)
  const wall = ref(Date.now())
  const lag = ref(0)
  let pace = { server: 0, clock: 0, speed: 0 }
  let socket: WebSocket | null = null
  let retryMs = RETRY_FIRST_MS
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false

  function connect() {
    if (over || socket) return
    clearTimeout(timer)
    const after = view.value ? `?after=${view.value.sequence}` : ''
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    const protocols = token ? [SUBPROTOCOL, `bearer.${token}`] : [SUBPROTOCOL]
    socket = new WebSocket(`${scheme}://${location.host}/api/v1/shows/${show}/stream${after}`, protocols)
    socket.onmessage = (message) => take(JSON.parse(message.data) as StreamFrame)
    socket.onclose = () => {
      socket = null
      if (over || connection.value === 'refused') return
      connection.value = 'lost'
      timer = setTimeout(connect, retryMs * (0.5 + Math.random()))
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)
    }
  }

  function take(frame: StreamFrame) {
    if (frame.type === 'refused') {
      problem.value = frame.problem
      connection.value = 'refused'
      return
    }
    connection.value = 'live'
    retryMs = RETRY_FIRST_MS
    lag.value = frame.server_time - Date.now()
    if (frame.type === 'status' || frame.type === 'snapshot') about.value = frame.show
    if (frame.type === 'snapshot') view.value = frame.view
    if (frame.type === 'delta' && view.value) {
      const next = reduce(view.value, frame.delta)
      if (next) view.value = next
      else restart()
    }
    if (frame.type !== 'status') notePace(frame.server_time)
  }

  /** In a replay the show's clock runs at a pace of its own, which two frames tell. */
  function notePace(server: number) {
    const clock = view.value?.clock ?? 0
    if (pace.server > 0 && server > pace.server) {
      const speed = (clock - pace.clock) / (server - pace.server)
      pace = { server, clock, speed: Math.min(Math.max(speed, 0), 100) }
    } else pace = { server, clock, speed: 0 }
  }

  function restart() {
    view.value = null
    socket?.close()
  }

  function now() {
    if (document.visibilityState === 'visible' && connection.value === 'lost') {
      retryMs = RETRY_FIRST_MS
      connect()
    }
  }

  const tick = setInterval(() => {
    wall.value = Date.now()
  }, CLOCK_TICK_MS)
  window.addEventListener('online', now)
  document.addEventListener('visibilitychange', now)
  onScopeDispose(() => {
    over = true
    clearTimeout(timer)
    clearInterval(tick)
    window.removeEventListener('online', now)
    document.removeEventListener('visibilitychange', now)
    socket?.close()
  })

  /** The show's clock now. */
  const clock = computed(() => {
    const last = view.value?.clock ?? 0
    if (about.value?.status !== 'on_air') return last
    const server = wall.value + lag.value
    if (about.value.mode === 'live') return Math.max(last, server)
    return last + Math.max(0, Math.min(server - pace.server, 2000)) * pace.speed
  })

  connect()
  return { view, show: about, connection, problem, clock }
}
