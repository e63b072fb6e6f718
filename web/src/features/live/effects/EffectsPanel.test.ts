import { flushPromises } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { ProblemError } from '../../../api/client'
import { mountIn } from '../../../testing/mounting'
import { MINUTE, START } from '../../../testing/rooms'
import EffectList from './EffectList.vue'
import EffectsPanel from './EffectsPanel.vue'
import type { Adjustment, MeasuredEffect } from './effects'

const effect = (known: Partial<MeasuredEffect> = {}): MeasuredEffect => ({
  measure: 'retention',
  finding: 'not_known',
  points_ppm: null,
  low_ppm: null,
  high_ppm: null,
  expected_ppm: null,
  controlled: false,
  ...known,
})
const adjustment = (sequence: number, known: Partial<Adjustment> = {}): Adjustment => ({
  sequence,
  at: START + sequence,
  change: 'pace',
  product: null,
  text: `改动${sequence}`,
  by: null,
  effects: [],
  ...known,
})
const ITEMS = [{ position: 1, product: { id: 'p-7', link_number: 7, name: '油污喷雾', price_fen: 2_990 } }]

function panelOf(adjustments: Adjustment[], known: Record<string, unknown> = {}) {
  const log = vi.fn(() => Promise.resolve(true))
  const plan = vi.fn(() =>
    Promise.resolve([
      { from: START, to: START + 5 * MINUTE, on: true },
      { from: START + 5 * MINUTE, to: START + 10 * MINUTE, on: false },
    ]),
  )
  const panel = mountIn(EffectsPanel, {
    props: {
      adjustments,
      names: new Map([['p-7', '油污喷雾']]),
      items: ITEMS,
      clock: START + MINUTE,
      pending: false,
      failure: null,
      mayLog: true,
      log,
      plan,
      ...known,
    },
  })
  const effects = () => panel.findAll('[data-testid=effect]').map((one) => one.text())
  return { panel, log, plan, effects }
}

test('an effect is a change in points with its interval and what it was held against', () => {
  const [rose, fell] = [
    effect({
      measure: 'product_conversion',
      finding: 'rose',
      points_ppm: 21_000,
      low_ppm: 4_000,
      high_ppm: 39_000,
      controlled: true,
    }),
    effect({ finding: 'fell', points_ppm: -52_000, low_ppm: -90_000, high_ppm: -14_000 }),
  ]
  const { effects } = panelOf([adjustment(1, { effects: [rose, fell] })])
  expect(effects()).toEqual([
    '该商品点击后成交▲ 升 2.1 个百分点（+0.40 到 +3.9） 对照未受影响的数据',
    '留存率▼ 降 5.2 个百分点（−9.0 到 −1.4） 没有对照',
  ])
})

test('what cannot be told apart from chance is called so, with all that is possible', () => {
  const unclear = effect({
    finding: 'not_distinguishable',
    points_ppm: 8_000,
    low_ppm: -12_000,
    high_ppm: 28_000,
  })
  const { effects } = panelOf([adjustment(1, { effects: [unclear] })])
  expect(effects()).toEqual(['留存率≈ 不可分辨（−1.2 到 +2.8 个百分点都有可能） 没有对照'])
})

test('a number without an interval is never shown', () => {
  const bare = effect({ finding: 'rose', points_ppm: 21_000 })
  const { effects } = panelOf([adjustment(1, { effects: [bare] })])
  expect(effects()[0]).toContain('还不能判断')
  expect(effects()[0]).not.toMatch(/2\.1/)
})

test('what is not known yet is one line, not a list of nothings', () => {
  const { panel, effects } = panelOf([
    adjustment(1, { effects: [effect(), effect({ measure: 'conversion' })] }),
  ])
  expect(effects()).toEqual([])
  expect(panel.text()).toContain('还不能判断')
})

test('the latest change comes first, with its kind and product', () => {
  const { panel } = panelOf([adjustment(1), adjustment(2, { change: 'price', product: 'p-7' })])
  const rows = panel.findAll('[data-testid=adjustment]').map((one) => one.text())
  expect(rows[0]).toContain('改价')
  expect(rows[0]).toContain('油污喷雾 改动2')
  expect(rows[1]).toContain('改节奏')
})

test('a change is logged with its kind, its product and its words', async () => {
  const { panel, log } = panelOf([])
  const [kind, product] = panel.findAll('select')
  await kind?.setValue('price')
  await product?.setValue('p-7')
  const line = panel.get('input[type=text]')
  await line.setValue('降五元')
  await line.trigger('keydown', { key: 'Enter', isComposing: true })
  expect(log).not.toHaveBeenCalled()
  await line.trigger('keydown', { key: 'Enter' })
  expect(log).toHaveBeenCalledWith('price', 'p-7', '降五元')
})

test('a change that was refused keeps its words and its product', async () => {
  const log = vi.fn(() => Promise.resolve(false))
  const { panel } = panelOf([], { log })
  const product = panel.get('select[aria-label=涉及商品]')
  await product.setValue('p-7')
  const line = panel.get('input[type=text]')
  await line.setValue('降五元')
  await line.trigger('keydown', { key: 'Enter' })
  await flushPromises()
  expect((line.element as HTMLInputElement).value).toBe('降五元')
  expect((product.element as HTMLSelectElement).value).toBe('p-7')
})

test('who may not log finds no form', () => {
  const { panel } = panelOf([adjustment(1)], { mayLog: false })
  expect(panel.find('input').exists()).toBe(false)
  expect(panel.find('select').exists()).toBe(false)
  expect(panel.text()).not.toContain('轮换试验')
})

test('a switchback shows its blocks, the present one marked, each in words', async () => {
  const { panel, plan } = panelOf([])
  await panel.get('[aria-pressed]').trigger('click')
  await panel.get('form').trigger('submit')
  await flushPromises()
  expect(plan).toHaveBeenCalledWith(40, 5)
  expect(panel.findAll('[data-testid=block]').map((one) => one.text())).toEqual([
    '▶20:00–20:05 ● 用',
    '20:05–20:10 ○ 不用',
  ])
})

test('a switchback that the server will not plan says why', async () => {
  const why = new ProblemError({ type: '', code: 'invalid', title: '时长不对', status: 422 })
  const { panel } = panelOf([], { plan: () => Promise.reject(why) })
  await panel.get('[aria-pressed]').trigger('click')
  await panel.get('form').trigger('submit')
  await flushPromises()
  expect(panel.get('[role=alert]').text()).toContain('时长不对')
})

test('a list that is loading, empty or unreachable says which', async () => {
  const { panel } = panelOf([], { pending: true })
  expect(panel.text()).toContain('加载中')
  await panel.setProps({ pending: false })
  expect(panel.text()).toContain('还没有记录调整')
  const failure = new ProblemError({ type: '', code: 'busy', title: '数据库繁忙', status: 503 })
  await panel.setProps({ failure })
  await panel.get('[role=alert] button').trigger('click')
  expect(panel.emitted('retry')).toHaveLength(1)
})

test('where there is room, a long list is searched by kind, product and words', async () => {
  const adjustments = Array.from({ length: 8 }, (_, i) => adjustment(i, i === 3 ? { product: 'p-7' } : {}))
  const props = {
    adjustments,
    names: new Map([['p-7', '油污喷雾']]),
    pending: false,
    failure: null,
    searchable: true,
  }
  const list = mountIn(EffectList, { props })
  await list.get('input').setValue('油污')
  expect(list.findAll('[data-testid=adjustment]')).toHaveLength(1)
  await list.get('input').setValue('没有这个')
  expect(list.text()).toContain('没有符合的调整')
  await list.get('input').setValue('')
  await list.findAll('.at')[0]?.trigger('click')
  expect(list.emitted('seek')).toEqual([[START + 7]])
})
