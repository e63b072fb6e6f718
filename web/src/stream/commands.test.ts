import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Asked, fakeServer, problem } from '../testing/server'
import { useCommands } from './commands'

let show = 0
/** A show that no test has sent commands to. */
const newShow = () => `commands-${++show}`
const done = { status: 200, body: { sequence: 1, duplicate: false } }
const bodies = (asked: Asked[]) => asked.map((one) => one.body)

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a command goes out at once and is done when the server says so', async () => {
  const asked = fakeServer(() => done)
  const commands = useCommands(newShow())
  expect(await commands.note('换了一盏灯')).toBe(true)
  expect(asked).toHaveLength(1)
  expect(asked[0]?.path).toBe(`/api/v1/shows/commands-${show}/notes`)
  expect(asked[0]?.body.text).toBe('换了一盏灯')
  expect(commands.waiting.value).toBe(0)
})

test('what is given while the connection is down waits, and is done once, under one id', async () => {
  let online = false
  const asked = fakeServer(() => (online ? done : 'unreachable'))
  const commands = useCommands(newShow())
  const outcome = commands.mark('断线时打的点')
  await vi.advanceTimersByTimeAsync(20_000)
  expect(commands.waiting.value).toBe(1)
  expect(asked.length).toBeGreaterThan(2)

  online = true
  await vi.advanceTimersByTimeAsync(20_000)
  expect(await outcome).toBe(true)
  expect(commands.waiting.value).toBe(0)
  expect(new Set(bodies(asked).map((body) => body.id)).size).toBe(1)
  const sent = asked.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toHaveLength(sent)
})

test('commands keep the order in which they were given, also when the first has to wait', async () => {
  let online = false
  const asked = fakeServer(() => (online ? done : 'unreachable'))
  const commands = useCommands(newShow())
  const outcomes = [commands.stage('p-1'), commands.stage('p-2'), commands.stage(null)]
  await vi.advanceTimersByTimeAsync(5_000)
  expect(new Set(bodies(asked).map((body) => body.product))).toEqual(new Set(['p-1']))

  online = true
  const before = asked.length
  await vi.advanceTimersByTimeAsync(20_000)
  expect(await Promise.all(outcomes)).toEqual([true, true, true])
  expect(bodies(asked.slice(before)).map((body) => body.product)).toEqual(['p-1', 'p-2', null])
})

test('two commands with the same words are two commands', async () => {
  const asked = fakeServer(() => done)
  const commands = useCommands(newShow())
  await commands.note('开始逼单')
  await commands.note('开始逼单')
  expect(new Set(bodies(asked).map((body) => body.id)).size).toBe(2)
})

test('a refusal is shown with the reason and the words, until somebody has read it', async () => {
  fakeServer(() => problem(409, '这个问题已经有人处理了'))
  const commands = useCommands(newShow())
  expect(await commands.answer(81, '48 小时内发货')).toBe(false)
  const [refusal] = commands.refusals.value
  expect(refusal).toMatchObject({
    what: 'answer',
    text: '48 小时内发货',
    why: '这个问题已经有人处理了',
  })
  await commands.answer(82, null)
  expect(commands.refusals.value.map((one) => one.what)).toEqual(['answer', 'aloud'])
  commands.dismiss(refusal?.id ?? '')
  expect(commands.refusals.value.map((one) => one.what)).toEqual(['aloud'])
})

test('a refused command does not hold up the next', async () => {
  fakeServer(({ path }) => (path.endsWith('/notes') ? problem(422, '内容太长') : done))
  const commands = useCommands(newShow())
  expect(await Promise.all([commands.note('x'), commands.mark('y')])).toEqual([false, true])
})

test('an answer that is no problem document still gives a reason', async () => {
  vi.stubGlobal('fetch', async () => new Response('<h1>413</h1>', { status: 413 }))
  const commands = useCommands(newShow())
  expect(await commands.note('x')).toBe(false)
  expect(commands.refusals.value[0]?.why).toContain('413')
})

test('a busy server is asked again, and one that fails at a command again and again is given up', async () => {
  const answers = [problem(503, '繁忙'), problem(503, '繁忙'), done]
  fakeServer(() => answers.shift() ?? problem(500, '系统内部出错'))
  const commands = useCommands(newShow())
  const first = commands.note('会等到')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await first).toBe(true)

  const second = commands.note('等不到')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await second).toBe(false)
  expect(commands.refusals.value[0]).toMatchObject({ text: '等不到', why: '系统内部出错' })
})

test('once the network is back, nothing waits for the pause to end', async () => {
  let online = false
  const asked = fakeServer(() => (online ? done : 'unreachable'))
  const commands = useCommands(newShow())
  const outcome = commands.note('备注')
  await vi.advanceTimersByTimeAsync(60_000)
  online = true
  const sent = asked.length
  window.dispatchEvent(new Event('online'))
  await flushPromises()
  expect(asked).toHaveLength(sent + 1)
  expect(await outcome).toBe(true)
})

test('commands outlive the page that gave them', async () => {
  let online = false
  fakeServer(() => (online ? done : 'unreachable'))
  const id = newShow()
  const outcome = useCommands(id).note('去看复盘之前写的')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(useCommands(id).waiting.value).toBe(1)
  expect(useCommands(newShow()).waiting.value).toBe(0)
  online = true
  await vi.advanceTimersByTimeAsync(20_000)
  expect(await outcome).toBe(true)
})

test('the browser asks before it closes a page with commands that the server does not have', async () => {
  let online = false
  fakeServer(() => (online ? done : 'unreachable'))
  const commands = useCommands(newShow())
  const closing = () => {
    const event = new Event('beforeunload', { cancelable: true })
    window.dispatchEvent(event)
    return event.defaultPrevented
  }
  const outcome = commands.note('备注')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(closing()).toBe(true)
  online = true
  await vi.advanceTimersByTimeAsync(20_000)
  await outcome
  expect(closing()).toBe(false)
})

test('alarms are taken, worked on and closed under addresses that their ids fit into', async () => {
  const asked = fakeServer(() => done)
  const commands = useCommands(newShow())
  const id = 'device dropped_frames_permille main/2 29696520'
  await commands.takeAlarm(id)
  await commands.finishStep(id, 'keep_talking')
  await commands.closeAlarm(id, '换了备线')
  await commands.adjust('price', 'p-7', '降五元')
  const base = `/api/v1/shows/commands-${show}/alarms/device%20dropped_frames_permille%20main%2F2%2029696520`
  expect(asked.map((one) => one.path)).toEqual([
    `${base}/take`,
    `${base}/steps/keep_talking/done`,
    `${base}/close`,
    `/api/v1/shows/commands-${show}/adjustments`,
  ])
  expect(asked[2]?.body).toMatchObject({ text: '换了备线' })
  expect(asked[3]?.body).toMatchObject({ change: 'price', product: 'p-7', text: '降五元' })
  expect(new Set(bodies(asked).map((body) => body.id)).size).toBe(4)
})

test('a screen brings the token of its link', async () => {
  const asked = fakeServer(() => done)
  await useCommands(newShow(), 'abc').acknowledge('card-1')
  expect(asked[0]?.authorization).toBe('Bearer abc')
  expect(asked[0]?.path).toMatch(/\/prompter\/cards\/card-1\/acknowledge$/)
})
