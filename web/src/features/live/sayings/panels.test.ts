import { flushPromises } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { mountIn } from '../../../testing/mounting'
import { question, quote, START, saying, staleQuote } from '../../../testing/rooms'
import { type Asked, fakeServer } from '../../../testing/server'
import LinesPanel from './LinesPanel.vue'
import RepliesPanel from './RepliesPanel.vue'
import SlotPicker from './SlotPicker.vue'
import StaleList from './StaleList.vue'

const items = [
  { position: 1, product: { id: 'p-1', link_number: 1, name: '油污喷雾', price_fen: 12_900 } },
  { position: 2, product: { id: 'p-3', link_number: 3, name: '挂钩', price_fen: 900 } },
]

function replies(known: Record<string, unknown> = {}) {
  const calls = { queue: vi.fn(async () => true), send: vi.fn(), refresh: vi.fn(), drop: vi.fn() }
  const props = {
    show: 'show-1',
    sayings: [],
    items,
    clock: START,
    question: null,
    mayReply: true,
    mayTend: true,
  }
  return { panel: mountIn(RepliesPanel, { props: { ...props, ...calls, ...known } }), ...calls }
}
const button = (panel: ReturnType<typeof mountIn>, words: string) =>
  panel.findAll('button').find((one) => one.text().includes(words))

test('a reply is queued, and answers the chosen question only if somebody says so', async () => {
  const { panel, queue } = replies({ question: question(7) })
  const type = async (text: string) => {
    await panel.get('input[type=text]').setValue(text)
    await panel.get('input[type=text]').trigger('keydown', { key: 'Enter' })
    await flushPromises()
  }
  await type('48 小时内发货')
  await panel.get('input[type=checkbox]').setValue(true)
  await type('现价 129')
  await type('谢谢')
  expect(queue.mock.calls).toEqual([
    ['48 小时内发货', null],
    ['现价 129', 7],
    ['谢谢', null],
  ])
})

test('a fresh reply is marked as sent; a stale one only refreshed or taken back', async () => {
  const { panel, send, refresh, drop } = replies({
    sayings: [
      saying('a', 'reply'),
      saying('b', 'reply', { stale: 'changed' }),
      saying('c', 'reply', { state: 'said', closed_at: START }),
    ],
  })
  const [fresh, stale, said] = panel.findAll('[data-testid=reply]')
  expect(stale?.text()).toContain('⚠ 引用已变')
  expect(stale?.text()).not.toContain('标记已发')
  expect(said?.text()).toContain('已发出 20:00:00')
  expect(said?.find('button').exists()).toBe(false)
  for (const one of [...(fresh?.findAll('button') ?? []), ...(stale?.findAll('button') ?? [])])
    await one.trigger('click')
  expect(send.mock.calls).toEqual([['a']])
  expect(refresh.mock.calls).toEqual([['b']])
  expect(drop.mock.calls).toEqual([['a'], ['b']])
})

test('who may not reply sees the queue and no line', () => {
  const { panel } = replies({ mayReply: false, mayTend: false, sayings: [saying('a', 'reply')] })
  expect(panel.find('input').exists()).toBe(false)
  expect(panel.find('button').exists()).toBe(false)
  expect(panel.text()).toContain('¥129.00')
})

test('an overlay line is edited as it was written, under its id', async () => {
  const set = vi.fn(async () => true)
  const props = {
    show: 'show-1',
    items,
    clock: START,
    maySet: true,
    mayTend: true,
    set,
    refresh: vi.fn(),
    drop: vi.fn(),
  }
  const sayings = [saying('l', 'overlay_line', { stale: 'changed' }), saying('s', 'script_line')]
  const panel = mountIn(LinesPanel, { props: { ...props, sayings } })
  expect(panel.findAll('[data-testid=overlay-line]')).toHaveLength(1)
  expect(panel.text()).toContain('画面上已隐藏')
  await button(panel, '改')?.trigger('click')
  const input = panel.get('input')
  expect((input.element as HTMLInputElement).value).toBe('现价 {{live_price #1}} l')
  await input.trigger('keydown', { key: 'Enter' })
  await flushPromises()
  await input.setValue('新的一行')
  await input.trigger('keydown', { key: 'Enter' })
  expect(set.mock.calls).toEqual([
    ['现价 {{live_price #1}} l', 'l'],
    ['新的一行', null],
  ])
})

test('the list tells what was said and what is so, and refreshes each saying once', async () => {
  const [refresh, drop] = [vi.fn(), vi.fn()]
  const gifts = quote({ field: 'gifts', value: '挂钩' })
  const stale = [
    staleQuote('a', 'card'),
    staleQuote('a', 'card', { quote: gifts, reason: 'gone', value: null }),
    staleQuote('b', 'reply'),
  ]
  const props = { stale, names: new Map([['p-1', '油污喷雾']]), mayTend: true, refresh, drop }
  const list = mountIn(StaleList, { props })
  const rows = list.findAll('[data-testid=stale-quote]').map((row) => row.text())
  expect(rows[0]).toMatch(/提示卡.*油污喷雾 直播价.*原 ¥129\.00.*现 ¥99\.00/)
  expect(rows[1]).toContain('引用已撤销')
  expect(list.text()).toContain('3 处')
  for (const one of list.findAll('[data-testid=stale-quote] button'))
    if (one.text().includes('刷新')) await one.trigger('click')
  expect(refresh.mock.calls).toEqual([['a'], ['b']])
  await button(list, '全部刷新 2')?.trigger('click')
  expect(list.emitted('refreshAll')).toHaveLength(1)
  await list.setProps({ stale: [] })
  expect(list.find('[data-testid=stale-list]').exists()).toBe(false)
})

test('a fact is picked from a product of the line-up, in the line and without a dialog', async () => {
  const facts = [{ slot: '{{live_price #3}}', quote: quote({ product: 'p-3', value: '¥9.00' }) }]
  const asked: Asked[] = fakeServer(() => ({ status: 200, body: { facts } }))
  const picker = mountIn(SlotPicker, { props: { show: 'show-1', items, staged: 'p-1' } })
  await picker.get('button').trigger('click')
  await flushPromises()
  expect(asked[0]?.path).toBe('/api/v1/shows/show-1/products/p-1/quotable')
  await picker.get('select').setValue('p-3')
  await flushPromises()
  expect(asked.at(-1)?.path).toBe('/api/v1/shows/show-1/products/p-3/quotable')
  expect(document.querySelector('[role=dialog], [aria-modal=true], dialog')).toBeNull()
  await button(picker, '直播价')?.trigger('click')
  expect(picker.emitted('insert')).toEqual([['{{live_price #3}}']])
  expect(picker.find('select').exists()).toBe(false)
})
