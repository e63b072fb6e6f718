import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { inPage } from '../testing/mounting'
import { comment, delta, roomView, START, show } from '../testing/rooms'
import { type Asked, fakeServer, problem } from '../testing/server'
import { FakeSocket, fakeSockets } from '../testing/sockets'
import { useRoom } from './room'

let room: ReturnType<typeof useRoom> & { leavePage: () => void }
/** What the stream's address says when it is asked plainly. */
let plainly: ReturnType<typeof problem>
let asked: Asked[]

beforeEach(() => {
  vi.useFakeTimers({ now: START })
  // Pauses are drawn at random around their length; the middle of it will do.
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  fakeSockets()
  plainly = problem(426, '需要使用 WebSocket 连接')
  asked = fakeServer(() => plainly)
})
afterEach(() => {
  room.leavePage()
  vi.useRealTimers()
})

function open(token?: string) {
  room = inPage(() => useRoom('show-1', token))
  return room
}
function snapshot(view = roomView(), about = show()) {
  FakeSocket.last.send({ type: 'snapshot', server_time: Date.now(), show: about, view })
}
function change(from: number, sequence: number, known: Parameters<typeof delta>[2] = {}, late = 0) {
  FakeSocket.last.send({
    type: 'delta',
    server_time: Date.now() - late,
    delta: delta(from, sequence, known),
  })
}

test('a page begins with a snapshot and follows its deltas', () => {
  const { view, connection } = open()
  expect(FakeSocket.last.url).toMatch(/\/api\/v1\/shows\/show-1\/stream$/)
  expect(connection.value).toBe('connecting')
  snapshot(roomView({ sequence: 10, comments: [comment(9)] }))
  expect(connection.value).toBe('live')
  change(10, 12, { comments: [comment(12)] })
  expect(view.value?.sequence).toBe(12)
  expect(view.value?.comments.map((one) => one.sequence)).toEqual([9, 12])
})

test('a screen brings the token of its link with the subprotocol', () => {
  open('abc')
  expect(FakeSocket.last.protocols).toEqual(['livehand.v1', 'bearer.abc'])
})

test('a connection that broke is taken up where it broke off, and the view stays on the screen meanwhile', async () => {
  const { view, connection } = open()
  snapshot(roomView({ sequence: 10, comments: [comment(10)] }))
  FakeSocket.last.drop()
  expect(connection.value).toBe('lost')
  expect(view.value?.comments).toHaveLength(1)

  await vi.advanceTimersByTimeAsync(300)
  expect(FakeSocket.opened).toHaveLength(2)
  expect(FakeSocket.last.url).toMatch(/\?after=10$/)
  FakeSocket.last.send({ type: 'status', server_time: Date.now(), show: show() })
  expect(connection.value).toBe('live')
  change(10, 11, { comments: [comment(11)] })
  expect(view.value?.comments.map((one) => one.sequence)).toEqual([10, 11])
})

test('the pauses between attempts grow up to eight seconds and begin anew after a success', async () => {
  open()
  snapshot()
  const pauses: number[] = []
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const [before, count] = [Date.now(), FakeSocket.opened.length]
    FakeSocket.last.drop()
    while (FakeSocket.opened.length === count) await vi.advanceTimersByTimeAsync(50)
    pauses.push(Date.now() - before)
  }
  expect(pauses).toEqual([300, 600, 1200, 2400, 4800, 8000, 8000, 8000])
  snapshot()
  FakeSocket.last.drop()
  const count = FakeSocket.opened.length
  await vi.advanceTimersByTimeAsync(300)
  expect(FakeSocket.opened).toHaveLength(count + 1)
})

test('a page that is looked at again, or whose network is back, does not wait for the pause to end', async () => {
  open()
  snapshot()
  for (const event of ['online', 'visibilitychange']) {
    FakeSocket.last.drop()
    const count = FakeSocket.opened.length
    document.dispatchEvent(new Event(event, { bubbles: true }))
    expect(FakeSocket.opened).toHaveLength(count + 1)
  }
})

test('a network that went away is seen at once, though no socket was closed', () => {
  const { connection } = open()
  snapshot()
  window.dispatchEvent(new Event('offline'))
  expect(connection.value).toBe('lost')
  expect(FakeSocket.last.closed).toBe(true)
})

test('a connection on which nothing comes is made anew, without a word while that succeeds', async () => {
  const { connection } = open()
  snapshot(roomView({ sequence: 10 }))
  const seen = new Set<string>()
  await vi.advanceTimersByTimeAsync(29_000)
  expect(FakeSocket.opened).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(2_000)
  seen.add(connection.value)
  expect(FakeSocket.opened).toHaveLength(2)
  expect(FakeSocket.opened[0]?.closed).toBe(true)
  expect(FakeSocket.last.url).toMatch(/\?after=10$/)
  FakeSocket.last.send({ type: 'status', server_time: Date.now(), show: show() })
  seen.add(connection.value)
  expect([...seen]).toEqual(['live'])
})

test('a server that does not greet is given up and said to be lost', async () => {
  const { connection } = open()
  snapshot()
  await vi.advanceTimersByTimeAsync(31_000)
  await vi.advanceTimersByTimeAsync(11_000)
  expect(connection.value).toBe('lost')
})

test('a delta that does not fit brings a new snapshot, and nothing is taken off the screen meanwhile', () => {
  const { view, connection } = open()
  snapshot(roomView({ sequence: 10 }))
  const before = view.value
  change(12, 13)
  expect(view.value).toBe(before)
  expect(connection.value).toBe('live')
  expect(FakeSocket.opened).toHaveLength(2)
  expect(FakeSocket.last.url).toMatch(/\/stream$/)
  snapshot(roomView({ sequence: 20 }))
  change(20, 21)
  expect(view.value?.sequence).toBe(21)
  FakeSocket.last.drop()
  window.dispatchEvent(new Event('online'))
  expect(FakeSocket.last.url).toMatch(/\?after=21$/)
})

test('comments that a frame left out are counted', () => {
  const { leftOut } = open()
  snapshot(roomView({ sequence: 10 }))
  change(10, 500, { comments_left_out: 390 })
  change(500, 600, { comments_left_out: 10 })
  expect(leftOut.value).toBe(400)
})

test('whoever may not follow any more is told why, and the server is left in peace', async () => {
  const { connection, problem: why } = open()
  snapshot()
  FakeSocket.last.send({
    type: 'refused',
    problem: { type: '/problems/x', code: 'unauthenticated', title: '请先登录', status: 401 },
  })
  expect(connection.value).toBe('refused')
  expect(why.value?.title).toBe('请先登录')
  FakeSocket.last.drop()
  await vi.advanceTimersByTimeAsync(60_000)
  window.dispatchEvent(new Event('online'))
  expect(FakeSocket.opened).toHaveLength(1)
})

test('a refusal before the upgrade, which a page sees only as a closed socket, is asked for', async () => {
  const { connection, problem: why } = open('revoked')
  plainly = problem(401, '链接已作废')
  FakeSocket.last.drop()
  await flushPromises()
  expect(asked[0]).toMatchObject({ path: '/api/v1/shows/show-1/stream', authorization: 'Bearer revoked' })
  expect(connection.value).toBe('refused')
  expect(why.value?.title).toBe('链接已作废')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(FakeSocket.opened).toHaveLength(1)
})

test('a server that only cannot now is tried again, with its reason in sight', async () => {
  const { connection, problem: why } = open()
  const busy = { type: '/problems/x', code: 'restarted', title: '直播间刚刚重启', status: 503 }
  FakeSocket.last.send({ type: 'refused', problem: busy })
  FakeSocket.last.drop()
  expect(connection.value).toBe('lost')
  expect(why.value?.title).toBe('直播间刚刚重启')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(FakeSocket.opened.length).toBeGreaterThan(1)
  snapshot()
  expect(connection.value).toBe('live')
  expect(why.value).toBeNull()
})

test('the clock of a live show is the server’s, by whole seconds, whatever the browser’s own says', async () => {
  const { clock } = open()
  const ahead = 90_000
  FakeSocket.last.send({ type: 'snapshot', server_time: START + ahead, show: show(), view: roomView() })
  expect(clock.value).toBe(START + ahead)
  await vi.advanceTimersByTimeAsync(3_400)
  expect(clock.value).toBe(START + ahead + 3_000)
})

test('deltas that were kept for a while do not turn the clock back', async () => {
  const { clock } = open()
  snapshot(roomView({ sequence: 10 }))
  await vi.advanceTimersByTimeAsync(60_000)
  const before = clock.value
  change(10, 11, { clock: START }, 50_000)
  expect(clock.value).toBe(before)
})

test('the clock of a replay runs at the pace of its frames, and stops soon after they do', async () => {
  const { clock } = open()
  const replay = show({ mode: 'replay' })
  snapshot(roomView({ sequence: 10, clock: START }), replay)
  await vi.advanceTimersByTimeAsync(500)
  change(10, 11, { clock: START + 5_000 })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(clock.value).toBe(START + 15_000)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(clock.value).toBe(START + 25_000)
})

test('a show that has ended stands still', async () => {
  const { clock } = open()
  snapshot(roomView({ clock: START + 1_000 }), show({ status: 'ended' }))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(clock.value).toBe(START + 1_000)
})

test('a page that is left closes its connection, tries no more and leaves no clock running', async () => {
  open()
  snapshot()
  room.leavePage()
  expect(vi.getTimerCount()).toBe(0)
  expect(FakeSocket.last.closed).toBe(true)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(FakeSocket.opened).toHaveLength(1)
})
