import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Action } from '../../api/session'
import * as files from '../../csv'
import { mountIn } from '../../testing/mounting'
import { order } from '../../testing/orders'
import { type Asked, fakeServer, problem } from '../../testing/server'
import OrdersPage from './OrdersPage.vue'

let page: VueWrapper
let asked: Asked[]
let orders: unknown[]
let failing: ReturnType<typeof problem> | null

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  orders = [
    order('6901', { attention: ['paid_after_close'] }),
    order('6902', {
      state: 'refunded',
      refunded_fen: 500,
      lines: ['a', 'b', 'c'].map((sku) => ({ sku, quantity: 1 })),
    }),
  ]
  failing = null
  asked = fakeServer(({ method, path }) => {
    if (failing) return failing
    if (method === 'POST')
      return {
        status: 200,
        body: {
          applied: path.includes('apply=true'),
          orders: 3,
          opened: 2,
          moved: 0,
          filled: 0,
          older: 0,
          same: 1,
          without_recipient: 1,
          refused: [{ row: 5, field: 'E', expected: '金额' }],
          refused_count: 1,
        },
      }
    if (path.startsWith('/api/v1/stock'))
      return { status: 200, body: { stocks: [{ sku: 'tee-M', product_name: '纯棉短袖T恤' }], next: null } }
    return { status: 200, body: { orders, next: path.includes('after=') ? null : 'douyin:6902' } }
  })
})
afterEach(() => {
  page.unmount()
  vi.useRealTimers()
  document.body.innerHTML = ''
})

async function open(permissions: Action[] = ['view_orders']) {
  page = mountIn(OrdersPage, { permissions })
  await flushPromises()
}
async function typeSearch(text: string) {
  await page.find('input[aria-label^="搜订单号"]').setValue(text)
  vi.advanceTimersByTime(300)
  await flushPromises()
}

test('orders are listed with where they stand, what was bought and why somebody has to look', async () => {
  await open()
  const rows = page.findAll('[data-testid=order]')
  expect(rows).toHaveLength(2)
  expect(rows[0]?.text()).toContain('6901')
  expect(rows[0]?.text()).toContain('已付款')
  expect(rows[0]?.text()).toContain('×2 tee-M 纯棉短袖T恤')
  expect(rows[0]?.text()).toContain('¥198.00')
  expect(rows[0]?.text()).toContain('关闭后又付款')
  expect(rows[1]?.text()).toContain('还有 1 条')
  expect(rows[1]?.text()).toContain('已退 ¥5.00')
})

test('what looks like a number of a person is not sent, and leads to where it may be looked for', async () => {
  await open(['view_orders', 'view_customers'])
  await typeSearch('138 0013 8765')
  expect(page.find('[data-testid=phone]').text()).toContain('这像是手机号')
  expect(page.find('[data-testid=phone] a').attributes('href')).toBe('/customers')
  expect(asked.some((one) => decodeURIComponent(one.path).replace(/\D/g, '').includes('13800138765'))).toBe(
    false,
  )
  await typeSearch('6901')
  expect(page.find('[data-testid=phone]').exists()).toBe(false)
  expect(asked.some((one) => one.path.includes('search=6901'))).toBe(true)
})

test('a filter that finds nothing can be cleared; an empty shop says how orders come in', async () => {
  orders = []
  await open(['view_orders', 'take_orders'])
  expect(page.text()).toContain('还没有订单')
  await typeSearch('nothing')
  expect(page.text()).toContain('没有符合条件的订单')
  await page
    .findAll('button')
    .find((one) => one.text() === '清除筛选')
    ?.trigger('click')
  await flushPromises()
  expect(page.text()).toContain('还没有订单')
})

test('what cannot be fetched is said, and asked for again', async () => {
  failing = problem(403, '没有权限')
  await open()
  expect(page.text()).toContain('没有权限')
  failing = null
  await page
    .findAll('button')
    .find((one) => one.text() === '重试')
    ?.trigger('click')
  await flushPromises()
  expect(page.findAll('[data-testid=order]')).toHaveLength(2)
})

test('whoever may take data out gets every page as a table', async () => {
  const saved = vi.spyOn(files, 'saveCsv').mockImplementation(() => {})
  await open(['view_orders', 'export_data'])
  await page.find('[data-testid=export]').trigger('click')
  await flushPromises()
  const [name, rows] = saved.mock.calls[0] ?? []
  expect(name).toBe('orders.csv')
  // Two pages of two, and the heads.
  expect(rows).toHaveLength(5)
  expect(rows?.[1]).toContain('douyin:6901')
  expect(rows?.[1]).toContain(198)
})

test('an export of a shop is looked at first, and then taken', async () => {
  await open(['view_orders', 'take_orders'])
  await page.find('[data-testid=importing]').trigger('click')
  const input = page.find('input[type=file]')
  const file = new File(['订单'], 'orders.csv')
  Object.defineProperty(input.element, 'files', { value: [file] })
  await input.trigger('change')
  await flushPromises()
  expect(page.find('[data-testid=import]').text()).toContain('第 5 行 E：应为金额')
  expect(page.find('[data-testid=taken]').exists()).toBe(false)
  await page.find('[data-testid=apply]').trigger('click')
  await flushPromises()
  const sent = asked.filter((one) => one.method === 'POST').map((one) => one.path)
  expect(sent).toEqual([
    '/api/v1/orders/import?name=orders.csv&platform=douyin&apply=false',
    '/api/v1/orders/import?name=orders.csv&platform=douyin&apply=true',
  ])
  expect(page.find('[data-testid=taken]').text()).toContain('已写入 2 个订单')
})
