import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Action } from '../../api/session'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer, problem } from '../../testing/server'
import { emptyDraft } from './draft'
import OffersPage from './OffersPage.vue'
import PromotionEditor from './PromotionEditor.vue'

const FROM = 1_781_784_000_000
const version = (id: string, status: string) => ({
  promotion: {
    id,
    name: `优惠 ${id}`,
    rule: { kind: 'coupon', threshold_fen: 5_000, off: { by: 'amount', off_fen: 1_000 } },
    scope: { of: 'all' },
    audience: 'everyone',
    from: FROM,
    to: FROM + 3_600_000,
  },
  version: 2,
  status,
  by: '小林',
  at: FROM,
})
const worst = (unit: number) => ({
  prices: [
    {
      line: { product: 'p1', name: '大衣', price_fen: 19_900, floor_fen: 17_600, quantity_max: 1 },
      at: FROM,
      below_floor: unit < 17_600,
      case: {
        basket: [
          { product: 'p1', name: '大衣', quantity: 1, price_fen: 19_900, payable_fen: unit, unit_fen: unit },
          {
            product: 'p2',
            name: '袜子',
            quantity: 1,
            price_fen: 10_100,
            payable_fen: 8_753,
            unit_fen: 8_753,
          },
        ],
        goods_fen: unit + 8_753,
        shipping_fen: 0,
        payable_fen: unit + 8_753,
        given_back_fen: 0,
        promotions: ['k1'],
        gifts: [],
        margin_fen: -8_400,
        steps: [
          {
            promotion: 'k1',
            name: '满300减40',
            layer: 'shop_threshold',
            off_fen: [2_653, 1_347],
            left_fen: [unit, 8_753],
          },
        ],
      },
    },
  ],
  margin: null,
  closed: { figures: 2, by_bound: 7, unreachable: 1, searched: 3, orders: 40 },
})

let page: VueWrapper
let asked: Asked[]
let list: { promotions: ReturnType<typeof version>[]; next: string | null }
let answers: ((
  asked: Asked,
) => { status: number; body?: unknown } | Promise<{ status: number; body?: unknown }>)[]

beforeEach(() => {
  list = { promotions: [version('a', 'draft'), version('b', 'published')], next: null }
  answers = []
  asked = fakeServer(async (one) => {
    if (one.path.includes('/simulate')) return answers.shift()?.(one) ?? { status: 200, body: worst(17_247) }
    if (one.path.startsWith('/api/v1/products'))
      return {
        status: 200,
        body: { products: [{ id: 'p1', name: '大衣', price_fen: 19_900, link_number: 1 }], next: null },
      }
    if (one.method === 'GET') return answers.shift()?.(one) ?? { status: 200, body: list }
    return answers.shift()?.(one) ?? { status: 200, body: version('a', 'published') }
  })
})
afterEach(() => {
  page.unmount()
  document.body.innerHTML = ''
  vi.useRealTimers()
})
async function open(permissions: Action[] = ['view_shows', 'edit_promotions', 'publish_promotions']) {
  page = mountIn(OffersPage, { permissions })
  await flushPromises()
}
const button = (name: string) => page.findAll('button').find((one) => one.text() === name)
const simulations = () => asked.filter((one) => one.path.includes('/simulate'))

test('a publication below the floor is refused with the sentence of the server', async () => {
  await open()
  answers = [() => problem(409, '大衣：会员 95 折 + 店铺满减 + 平台券 → 到手 ¥1.20，毛利 -¥84.00')]
  await button('发布')?.trigger('click')
  await flushPromises()
  expect(asked.at(-1)?.path).toBe('/api/v1/promotions/a/publish')
  expect(page.get('[data-testid="refused"]').text()).toContain('到手 ¥1.20，毛利 -¥84.00')
})

test('what one person may not publish on air is asked of a second one there and then', async () => {
  await open(['view_shows', 'edit_promotions', 'publish_promotions', 'propose_change'])
  const { body } = problem(409, '相关商品正在直播，改优惠需要双人复核')
  answers = [() => ({ status: 409, body: { ...body, code: 'needs_second_person' } })]
  await button('发布')?.trigger('click')
  await flushPromises()
  expect(page.find('[data-testid="refused"]').exists()).toBe(false)
  const form = page.get('[data-testid="ask-instead"]')
  await form.get('input').setValue('加一张券')
  await form.get('form').trigger('submit')
  await flushPromises()
  expect(asked.findLast((one) => one.method === 'POST')).toMatchObject({
    path: '/api/v1/promotions/a/changes',
    body: { step: 'publish', reason: '加一张券' },
  })
  expect(page.get('[data-testid="ask-instead"]').text()).toContain('等待第二人复核')
})

test('who may only ask for changes asks at once', async () => {
  await open(['view_shows', 'propose_change'])
  await button('发布')?.trigger('click')
  await flushPromises()
  expect(asked.some((one) => one.path.endsWith('/publish'))).toBe(false)
  expect(page.find('[data-testid="ask-instead"]').exists()).toBe(true)
})

test('a list tells what there is, what is not there, and what went wrong', async () => {
  await open([])
  expect(page.findAll('[data-testid="promotion"]')).toHaveLength(2)
  for (const name of ['新建优惠', '修改', '发布', '结束']) expect(button(name)).toBeUndefined()
  page.unmount()
  list = { promotions: [], next: null }
  await open()
  expect(page.text()).toContain('还没有优惠')
  page.unmount()
  answers = [() => problem(503, '数据库繁忙')]
  await open()
  expect(page.text()).toContain('数据库繁忙')
  list = { promotions: [version('a', 'draft')], next: null }
  await button('重试')?.trigger('click')
  await flushPromises()
  expect(page.text()).toContain('优惠 a')
})

async function edit(draft = { ...emptyDraft(FROM), name: '满300减40', products: ['p1'] }) {
  vi.useFakeTimers()
  page = mountIn(PromotionEditor, { props: { draft, busy: false } })
  await flushPromises()
}
const type = (label: string, text: string) => page.get(`input[aria-label="${label}"]`).setValue(text)
const rest = async () => {
  await vi.advanceTimersByTimeAsync(400)
  await flushPromises()
}

test('amounts are typed in yuan, sent as fen, and read back in words', async () => {
  await edit()
  await type('减多少（元）', '26.8万')
  expect(page.text()).toContain('二十六万八千元')
  await rest()
  const sent = simulations().at(-1)?.body as { promotions: { rule: unknown }[]; products: unknown }
  expect(sent.promotions[0]?.rule).toMatchObject({ off: { by: 'amount', off_fen: 26_800_000 } })
  expect(sent.products).toEqual([{ product: 'p1' }])
})

test('it is asked once when the hand rests, and shows how the worst price comes about', async () => {
  await edit()
  for (const text of ['4', '40']) await type('减多少（元）', text)
  await rest()
  expect(simulations()).toHaveLength(1)
  const price = page.get('[data-testid="worst-price"]').text()
  expect(price).toContain('¥172.47')
  expect(price).toContain('低于控价 ¥176.00')
  expect(price).toContain('大衣 × 1')
  expect(price).toContain('袜子 × 1')
  expect(price).toContain('−¥40.00 → ¥172.47 + ¥87.53')
  expect(page.text()).toContain('8 个分支由下界排除')
})

test('an answer that comes late does not take the place of a newer one', async () => {
  await edit()
  let late = () => {}
  answers = [
    () => new Promise((resolve) => (late = () => resolve({ status: 200, body: worst(11_111) }))),
    () => ({ status: 200, body: worst(17_700) }),
  ]
  await type('减多少（元）', '40')
  await rest()
  await type('减多少（元）', '4')
  await rest()
  late()
  await flushPromises()
  expect(page.text()).toContain('¥177.00')
  expect(page.text()).not.toContain('¥111.11')
  expect(page.text()).not.toContain('低于控价')
})

test('a mistake stands beside its field', async () => {
  await edit()
  const errors = [
    { field: 'promotions[0].rule.threshold_fen', expected: '不低于优惠金额 60.00 元', found: '50.00 元' },
  ]
  answers = [() => ({ status: 422, body: { type: 'x', code: 'invalid', title: 'x', status: 422, errors } })]
  await type('减多少（元）', '60')
  await rest()
  expect(page.find('.fault').text()).toBe('不低于优惠金额 60.00 元')
})
