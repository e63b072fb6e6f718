import { onScopeDispose, ref } from 'vue'

export type Connection = 'connecting' | 'live' | 'lost' | 'refused'

const RETRY_FIRST_MS = 300
const RETRY_MAX_MS = 8_000
/** A connection on which nothing came for so long is made anew: a cable that was pulled closes no socket. */
const SILENT_MAX_MS = 30_000
/** The first message comes at once; a server that takes longer is not there. */
const GREET_WITHIN_MS = 10_000
const CHECK_EVERY_MS = 1_000

interface Ends {
  address: () => string
  protocols: string[]
  /** Takes a message; tells whether it comes from a server that serves us. */
  take: (data: string) => boolean
  /** A connection ended before anything came. */
  unheard: () => void
}

/** A socket that is made anew for as long as the page lives. */
export function useSocket({ address, protocols, take, unheard }: Ends) {
  const connection = ref<Connection>('connecting')
  let socket: WebSocket | null = null
  let greeted = false
  let heardAt = 0
  let retryMs = RETRY_FIRST_MS
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false

  function connect() {
    if (over || socket) return
    clearTimeout(timer)
    socket = new WebSocket(address(), protocols)
    greeted = false
    heardAt = Date.now()
    socket.onmessage = ({ data }) => receive(data)
    socket.onclose = lost
  }

  function receive(data: string) {
    greeted = true
    heardAt = Date.now()
    if (!take(data)) return
    connection.value = 'live'
    retryMs = RETRY_FIRST_MS
  }

  /** Lets go of the socket without waiting for a peer that may be gone. */
  function abandon() {
    if (socket) socket.onmessage = socket.onclose = null
    socket?.close()
    socket = null
  }

  /** Begins anew without a word, as long as that succeeds. */
  function renew() {
    abandon()
    connect()
  }

  function lost() {
    abandon()
    if (over || connection.value === 'refused') return
    connection.value = 'lost'
    clearTimeout(timer)
    timer = setTimeout(connect, retryMs * (0.5 + Math.random()))
    retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)
    if (!greeted) unheard()
  }

  /** Whoever may not follow leaves the server in peace. */
  function refuse() {
    connection.value = 'refused'
    clearTimeout(timer)
    abandon()
  }

  function check() {
    if (!socket || Date.now() - heardAt < (greeted ? SILENT_MAX_MS : GREET_WITHIN_MS)) return
    if (greeted) renew()
    else lost()
  }

  function reconnectNow() {
    if (document.visibilityState !== 'visible' || connection.value !== 'lost') return
    retryMs = RETRY_FIRST_MS
    connect()
  }

  const offline = () => socket && lost()
  const stopListening = listen({ online: reconnectNow, offline, visibilitychange: reconnectNow })
  const checking = setInterval(check, CHECK_EVERY_MS)
  onScopeDispose(() => {
    over = true
    clearTimeout(timer)
    clearInterval(checking)
    stopListening()
    abandon()
  })
  return { connection, connect, renew, refuse }
}

function listen(events: Record<string, () => unknown>): () => void {
  // `visibilitychange` bubbles from the document to the window.
  for (const [name, act] of Object.entries(events)) window.addEventListener(name, act)
  return () => {
    for (const [name, act] of Object.entries(events)) window.removeEventListener(name, act)
  }
}
