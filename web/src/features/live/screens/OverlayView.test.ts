import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mountIn } from '../../../testing/mounting'
import { delta, quote, roomView, START, saying, show } from '../../../testing/rooms'
import { FakeSocket, fakeSockets } from '../../../testing/sockets'
import OverlayView from './OverlayView.vue'

let screen: VueWrapper
const lineup = [{ position: 1, product: { id: 'p-7', link_number: 7, name: '油污喷雾', price_fen: 2_990 } }]

beforeEach(() => fakeSockets())
afterEach(() => screen.unmount())

async function open(view: Parameters<typeof roomView>[0]) {
  const props = { screen: { kind: 'overlay', show: show(), lineup }, token: 'link' }
  screen = mountIn(OverlayView, { props })
  FakeSocket.last.send({
    type: 'snapshot',
    server_time: START,
    show: show(),
    view: roomView({ sequence: 10, ...view }),
  })
  await flushPromises()
}
async function change(from: number, known: Parameters<typeof delta>[2]) {
  FakeSocket.last.send({ type: 'delta', server_time: START, delta: delta(from, from + 1, known) })
  await flushPromises()
}
const lines = () => screen.findAll('[data-testid=overlay-line]').map((one) => one.text())

test('a line stands over the picture as long as what it quotes is so, and nothing stands in its place', async () => {
  const line = saying('l', 'overlay_line', { text: '现价 ¥129.00' })
  await open({ sayings: [line, saying('r', 'reply'), saying('s', 'script_line')] })
  expect(lines()).toEqual(['现价 ¥129.00'])
  await change(10, { sayings: [{ ...line, stale: 'changed' }] })
  expect(screen.text()).toBe('')
  await change(11, { sayings: [{ ...line, text: '现价 ¥99.00', version: 2 }] })
  expect(lines()).toEqual(['现价 ¥99.00'])
})

test('a line that was true up to now is gone before the server says so', async () => {
  const until = quote({ valid_to: START + 500 })
  await open({ clock: START, sayings: [saying('l', 'overlay_line', { quotes: [until] })] })
  expect(lines()).toHaveLength(1)
  await change(10, { clock: START + 1_000 })
  expect(lines()).toEqual([])
})

test('while nobody can tell that a price changed, no line shows one', async () => {
  const plain = saying('p', 'overlay_line', { text: '今晚八点抽奖', quotes: [] })
  await open({ sayings: [saying('l', 'overlay_line'), plain] })
  FakeSocket.last.drop()
  await flushPromises()
  expect(lines()).toEqual(['今晚八点抽奖'])
})

test('the price of the item on stage is not shown between a change and the line-up after it', async () => {
  const stage = { product: 'p-7', since: START }
  await open({ stage })
  expect(screen.text()).toContain('¥29.90')
  await screen.setProps({ asOf: Date.now() - 1_000 })
  await change(10, { stage, facts_told: 11 })
  expect(screen.text()).toContain('油污喷雾')
  expect(screen.text()).not.toContain('¥')
  expect(screen.emitted('unknownItem')).toHaveLength(1)
  await screen.setProps({ asOf: Date.now() + 1 })
  expect(screen.text()).toContain('¥29.90')
})
