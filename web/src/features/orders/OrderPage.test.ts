import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Action } from '../../api/session'
import { mountIn } from '../../testing/mounting'
import { BOUGHT, promised, reservation } from '../../testing/orders'
import { type Asked, fakeServer, problem } from '../../testing/server'
import OrderPackPage from './OrderPackPage.vue'
import OrderPage from './OrderPage.vue'
import { moments } from './orders'

const customer = {
  id: 'c-1',
  masked: { name: '欧**', phone: '138****8765', region: '浙江省杭州市余杭区***' },
  state: 'kept',
  created_at: BOUGHT,
  last_order_at: BOUGHT,
}
const card = {
  id: 'tee',
  name: '纯棉短袖T恤',
  facts: [{ sku: 'tee-M', field: 'spec', value: { 颜色: '白', 尺码: 'M' } }],
}
const delivery = { id: 'douyin:6901', class: 'order', opened_at: BOUGHT, expired_at: null }
const version = (field: string, number: number, value: unknown) => ({
  product: 'tee',
  sku: null,
  field,
  version: number,
  value,
  source: 'manual',
  by: { id: 'p-2', name: '运营阿茂' },
  at: BOUGHT - 86_400_000,
  evidence: '报价单 618-07',
})
let page: VueWrapper
let asked: Asked[]
let detail: unknown
let stock: unknown

beforeEach(() => {
  detail = promised('6901')
  stock = reservation('douyin:6901', 'held', [['tee-M', 2]], { expires_at: Date.now() + 61_000 })
  asked = fakeServer(({ path }) => {
    if (path.startsWith('/api/v1/orders/')) return { status: 200, body: detail }
    if (path.startsWith('/api/v1/reservations/'))
      return stock === null ? problem(404, '没有') : { status: 200, body: stock }
    if (path.startsWith('/api/v1/customers/'))
      return { status: 200, body: { customer, deliveries: [delivery] } }
    if (path.includes('/history')) {
      const field = new URL(path, 'http://x').searchParams.get('field') ?? ''
      const versions = field === 'guarantees' ? [] : [version(field, field === 'gifts' ? 2 : 3, 9_900)]
      return { status: 200, body: { versions } }
    }
    if (path.startsWith('/api/v1/products/')) return { status: 200, body: card }
    return { status: 200, body: { claims: [] } }
  })
})
afterEach(() => {
  page.unmount()
  document.body.innerHTML = ''
})

async function open(component: object, permissions: Action[]) {
  page = mountIn(component, { permissions, props: { order: 'douyin:6901' } })
  await flushPromises()
}

test('an order shows its course, its promise with versions, and what was said', async () => {
  await open(OrderPage, ['view_orders', 'view_stock', 'view_customers'])
  expect(page.find('[data-testid=course]').text()).toContain('2026/06/18 20:00:20')
  expect(page.find('[data-testid=lines]').text()).toContain('纯棉短袖T恤')
  expect(page.find('[data-testid=lines]').text()).toContain('颜色 白 · 尺码 M')
  const promise = page.find('[data-testid=promise]').text()
  expect(promise).toContain('¥99.00')
  expect(promise).toContain('第 3 版')
  expect(promise).toContain('棉袜 ×2')
  expect(promise).toContain('运费险')
  expect(promise).toContain('今天 99 元送棉袜')
  expect(page.find('[data-testid=reservation]').text()).toContain('占用中')
  expect(page.find('[data-testid=reservation]').text()).toMatch(/剩 1:0\d/)
})

test('the recipient stays masked until somebody who may says why', async () => {
  await open(OrderPage, ['view_orders', 'view_customers'])
  expect(page.find('[data-testid=recipient]').text()).toContain('138****8765')
  expect(page.find('[data-testid=ask-reveal]').exists()).toBe(false)
  page.unmount()
  await open(OrderPage, ['view_orders', 'view_customers', 'reveal_customer'])
  await page.find('[data-testid=ask-reveal]').trigger('click')
  expect(page.find('[data-testid=reveal]').attributes('disabled')).toBeDefined()
})

test('whoever may not see customers does not even ask for them', async () => {
  await open(OrderPage, ['view_orders'])
  expect(page.find('[data-testid=recipient]').text()).toContain('看不到收件人')
  expect(asked.some((one) => one.path.includes('/customers/'))).toBe(false)
})

test('an order without stock, promise or words says so instead of failing', async () => {
  stock = null
  detail = promised('6901', { promise: null, customer: null, lines: [] })
  await open(OrderPage, ['view_orders', 'view_stock', 'view_customers'])
  expect(page.text()).toContain('这个订单没有占用库存')
  expect(page.text()).toContain('没有记录当时的承诺')
  expect(page.text()).toContain('没有收件信息')
  expect(page.text()).toContain('还不知道买了什么')
})

test('a parcel in the warehouse is stopped with a reason, and let go again', async () => {
  await open(OrderPage, ['view_orders', 'hold_orders'])
  expect(page.find('[data-testid=fulfilment]').text()).toContain('未打单')
  page
    .find('[data-testid=fulfilment]')
    .findComponent({ name: 'Select' })
    .vm.$emit('update:value', 'buyer_asked')
  await flushPromises()
  const hold = { kind: 'by_hand', cause: 'buyer_asked', placed_at: BOUGHT, placed_by: '客服小陈' }
  detail = promised('6901', { fulfilment: { node: 'to_print', held: true, holds: [hold] } } as never)
  await page.find('[data-testid=fulfilment] form').trigger('submit')
  await flushPromises()
  expect(asked.find((one) => one.method === 'POST')).toMatchObject({
    path: '/api/v1/fulfilment/hold',
    body: { orders: ['douyin:6901'], reason: 'buyer_asked' },
  })
  expect(page.find('[data-testid=hold]').text()).toContain('人工暂停 买家要求')
  page.find('[data-testid=hold]').findComponent({ name: 'Popconfirm' }).props('onPositiveClick')()
  await flushPromises()
  expect(asked.filter((one) => one.method === 'POST')[1]?.path).toBe('/api/v1/fulfilment/release')
})

test('the evidence names who wrote the versions, and nobody to whom it goes', async () => {
  await open(OrderPackPage, ['view_orders', 'view_customers', 'view_ledger'])
  const rests = page.findAll('[data-testid=rest]').map((one) => one.text())
  expect(rests).toHaveLength(3)
  expect(rests[0]).toContain('运营阿茂')
  expect(rests[0]).toContain('报价单 618-07')
  expect(rests.find((one) => one.includes('保障'))).toContain('版本记录不在商品库')
  expect(page.text()).not.toContain('138')
  expect(asked.some((one) => one.path.includes('/customers'))).toBe(false)
})

test('moments stand in the order in which they happened', () => {
  const late = { ...promised('1'), closed_at: BOUGHT + 10_000, refunded_at: null }
  expect(moments(late).map((one) => one.state)).toEqual(['created', 'closed', 'paid'])
})
