import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mountIn } from '../../../testing/mounting'
import { card, delta, quote, roomView, START, show, staleQuote } from '../../../testing/rooms'
import { type Asked, fakeServer, problem } from '../../../testing/server'
import { FakeSocket, fakeSockets } from '../../../testing/sockets'
import PrompterView from './PrompterView.vue'

let screen: VueWrapper
let asked: Asked[]
let refusing = false
let link = 0

const LINEUP = [{ position: 1, product: { id: 'p-7', link_number: 7, name: '油污喷雾', price_fen: 2_990 } }]

beforeEach(() => {
  localStorage.clear()
  fakeSockets()
  refusing = false
  asked = fakeServer(() =>
    refusing
      ? problem(403, '你的岗位没有这项权限')
      : { status: 200, body: { sequence: 1, duplicate: false } },
  )
})
afterEach(() => screen.unmount())

async function screenWith(view: Parameters<typeof roomView>[0], about = show()) {
  link += 1
  screen = mountIn(PrompterView, { props: { show: 'show-1', token: `link-${link}`, lineup: LINEUP } })
  FakeSocket.last.send({ type: 'snapshot', server_time: START, show: about, view: roomView(view) })
  await flushPromises()
  return screen
}
const cue = () => screen.find('[data-testid=prompter-cue]')
async function press(key: string, more: KeyboardEventInit = {}) {
  window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
  await flushPromises()
}

test('the host sees one cue, its level by shape and word, and what else waits', async () => {
  await screenWith({
    prompter: [card('a', { level: 'yellow', text: '报尺码' }), card('b', { level: 'red', text: '改口误' })],
  })
  expect(cue().text()).toContain('■ 立即')
  expect(cue().text()).toContain('改口误')
  expect(cue().text()).not.toContain('报尺码')
  expect(cue().text()).toContain('还有 1 条')
})

test('space acknowledges it once, and the next one appears without waiting for the server', async () => {
  await screenWith({
    prompter: [card('a', { text: '第一条' }), card('b', { text: '第二条', at: START + 1 })],
  })
  await press(' ')
  expect(cue().text()).toContain('第二条')
  expect(asked.map((one) => one.path)).toEqual(['/api/v1/shows/show-1/prompter/cards/a/acknowledge'])
  FakeSocket.last.send({
    type: 'delta',
    server_time: START,
    delta: delta(10, 11, { prompter: [card('a', { acknowledged_at: START })] }),
  })
  await flushPromises()
  expect(cue().text()).toContain('第二条')
})

test('a key that is held down acknowledges no card that nobody has read', async () => {
  await screenWith({
    prompter: [card('a', { text: '第一条' }), card('b', { text: '第二条', at: START + 1 })],
  })
  await press(' ')
  await press(' ', { repeat: true })
  expect(cue().text()).toContain('第二条')
  expect(asked).toHaveLength(1)
})

test('an acknowledgement that is refused brings the cue back, and says why', async () => {
  refusing = true
  await screenWith({ prompter: [card('a', { text: '第一条' })] })
  await press('Enter')
  expect(cue().text()).toContain('第一条')
  expect(screen.text()).toContain('你的岗位没有这项权限')
})

test('without a cue the screen says so', async () => {
  await screenWith({ prompter: [] })
  expect(screen.get('[data-testid=prompter-idle]').text()).toBe('暂无提示')
})

test('the item on stage stands below with its price', async () => {
  await screenWith({ stage: { product: 'p-7', since: START } })
  expect(screen.get('.item').text()).toContain('油污喷雾')
  expect(screen.get('.item').text()).toContain('¥29.90')
})

test('an item that the line-up does not know is asked for, and never shown with another’s price', async () => {
  await screenWith({ stage: { product: 'p-99', since: START } })
  expect(screen.emitted('unknownItem')).toHaveLength(1)
  expect(screen.get('.item').text()).toBe('p-99')
})

test('a long cue is set smaller, so that all of it is on the screen', async () => {
  const sizes: string[] = []
  for (const length of [10, 50, 120, 500]) {
    await screenWith({ prompter: [card('a', { text: '字'.repeat(length) })] })
    sizes.push(cue().get('.text').classes().join(' '))
    screen.unmount()
  }
  expect(new Set(sizes).size).toBe(4)
})

test('M mirrors the text, and a page that is loaded again stays mirrored', async () => {
  await screenWith({})
  expect(screen.get('.screen').classes()).not.toContain('mirrored')
  await press('m')
  expect(screen.get('.screen').classes()).toContain('mirrored')
  screen.unmount()
  await screenWith({})
  expect(screen.get('.screen').classes()).toContain('mirrored')
})

test('a connection that broke is said so while the last cue stays', async () => {
  await screenWith({ prompter: [card('a', { text: '第一条' })] })
  FakeSocket.last.drop()
  await flushPromises()
  expect(screen.get('[data-testid=connection-pill]').text()).toContain('连接断开')
  expect(cue().text()).toContain('第一条')
})

test('a cue is text, whatever it is made of', async () => {
  const hostile = '<img src=x onerror=alert(1)>\u202E反\u200B'
  await screenWith({ prompter: [card('a', { text: hostile })] })
  expect(cue().get('.text').element.textContent).toBe(hostile)
  expect(screen.find('img').exists()).toBe(false)
})

test('a cue whose price changed is covered at once, cannot be acknowledged, and comes back with the new price', async () => {
  const cued = card('a', { text: '现价 ¥129.00', quotes: [quote()] })
  await screenWith({ sequence: 10, prompter: [cued] })
  expect(cue().text()).toContain('¥129.00')
  const stale = { prompter: [{ ...cued, stale: 'changed' as const }], stale: [staleQuote('a', 'card')] }
  FakeSocket.last.send({ type: 'delta', server_time: START, delta: delta(10, 11, stale) })
  await flushPromises()
  expect(cue().text()).toContain('价格已变，等待刷新')
  expect(cue().text()).not.toContain('129')
  await press(' ')
  expect(asked).toEqual([])
  const fresh = { prompter: [{ ...cued, text: '现价 ¥99.00', version: 2, quotes: [quote({ version: 2 })] }] }
  FakeSocket.last.send({ type: 'delta', server_time: START, delta: delta(11, 12, fresh) })
  await flushPromises()
  expect(cue().text()).toContain('现价 ¥99.00')
  await press(' ')
  expect(asked).toHaveLength(1)
})

test('a cue whose gifts changed names what changed', async () => {
  const gifts = quote({ field: 'gifts', value: '挂钩' })
  const cued = card('a', { text: '送挂钩', quotes: [gifts], stale: 'gone' })
  await screenWith({
    prompter: [cued],
    stale: [staleQuote('a', 'card', { quote: gifts, reason: 'gone', value: null })],
  })
  expect(cue().text()).toContain('赠品已变，等待刷新')
  expect(cue().text()).not.toContain('挂钩')
})

test('the price of the item on stage is not shown between a change and the line-up after it', async () => {
  await screenWith({ sequence: 10, stage: { product: 'p-7', since: START } })
  await screen.setProps({ asOf: Date.now() - 5_000 })
  expect(screen.get('.item').text()).toContain('¥29.90')
  FakeSocket.last.send({
    type: 'delta',
    server_time: START,
    delta: delta(10, 11, { facts_told: 11, stage: { product: 'p-7', since: START } }),
  })
  await flushPromises()
  expect(screen.get('.item').text()).not.toContain('¥')
  expect(screen.emitted('unknownItem')).toHaveLength(1)
  const changed = [{ position: 1, product: { ...LINEUP[0]?.product, price_fen: 1_990 } }]
  await screen.setProps({ asOf: Date.now() + 1, lineup: changed })
  expect(screen.get('.item').text()).toContain('¥19.90')
})
