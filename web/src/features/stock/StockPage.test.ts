import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Action } from '../../api/session'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer, problem } from '../../testing/server'
import type { StockLine } from './ledger'
import StockPage from './StockPage.vue'

const AT = Date.UTC(2026, 5, 18, 12, 0, 0)
const ALL: Action[] = ['view_stock', 'move_stock', 'release_stock', 'repair_stock', 'export_data']

const line = (sku: string, known: Partial<StockLine> = {}): StockLine => ({
  sku,
  stocked: 100,
  available: 60,
  reserved: 5,
  sold: 25,
  buffer: 10,
  locked: 0,
  shown: 60,
  buffer_percent: 10,
  version: 4,
  at: AT,
  low: false,
  differing: false,
  product: null,
  product_name: null,
  fact: null,
  ...known,
})

let page: VueWrapper
let asked: Asked[]
let stocks: StockLine[]
let reports: unknown[]
let wrong: unknown[]
let failing: ReturnType<typeof problem> | null

beforeEach(() => {
  stocks = [
    line('杯-红', { product_name: '马克杯', locked: 20, shown: 40 }),
    line('勺', { low: true, differing: true }),
  ]
  reports = []
  wrong = []
  failing = null
  asked = fakeServer(({ method, path }) => {
    if (failing && path.startsWith('/api/v1/stock?')) return failing
    if (path.startsWith('/api/v1/stock/differences')) return { status: 200, body: { reports } }
    if (path.includes('/movements')) {
      if (method === 'POST') return { status: 200, body: { recorded: 1, duplicates: 0, stocks: [] } }
      const row = {
        number: 4,
        id: 'm4',
        kind: 'sold',
        quantity: 25,
        locked: false,
        at: AT,
        reason: 'order',
        note: '',
        by: '小周',
        source: 'manual',
        order: 'o-1',
        bundle: '茶具套装',
      }
      return { status: 200, body: { stock: stocks[0], movements: [row], next: null } }
    }
    if (path.includes('/repair')) {
      return { status: 200, body: { checked: 2, wrong, put_right: wrong.length } }
    }
    return { status: 200, body: { stocks, next: null, at: AT } }
  })
})
afterEach(() => {
  page.unmount()
  document.body.innerHTML = ''
  vi.useRealTimers()
})

async function open(permissions: Action[] = ALL) {
  page = mountIn(StockPage, { permissions })
  await flushPromises()
}
const rows = () => page.findAll('tbody tr')
const posts = (path: string) => asked.filter((one) => one.method === 'POST' && one.path.includes(path))

test('each SKU shows its identity as a bar and in words', async () => {
  await open()
  const bar = rows()[0]?.get('[role="img"]')
  expect(bar?.attributes('aria-label')).toBe('杯-红：备货 100 = 可用 60 + 占用 5 + 已售 25 + 机动 10')
  expect(bar?.get('.bar .available').attributes('style')).toContain('60%')
  expect(bar?.text()).toContain('其中锁定 20 件，前台可见 40 件')
  expect(rows()[0]?.text()).toContain('马克杯')
  expect(rows()[1]?.text()).toContain('▼ 库存低')
  expect(rows()[1]?.text()).toContain('≠ 有差异')
  expect(rows()[1]?.text()).toContain('商品库里没有')
})

test('an empty ledger says what to do, and a filter that finds nothing says so', async () => {
  stocks = []
  await open()
  expect(page.text()).toContain('还没有库存记录')
  await page.findAll('.n-checkbox')[0]?.trigger('click')
  await flushPromises()
  expect(asked.at(-1)?.path).toContain('low=true')
  expect(page.text()).toContain('没有符合的规格')
})

test('what cannot be loaded says why and is asked for again', async () => {
  failing = problem(503, '数据库繁忙')
  await open()
  expect(page.text()).toContain('数据库繁忙')
  failing = null
  await page
    .findAll('button')
    .find((one) => one.text() === '重试')
    ?.trigger('click')
  await flushPromises()
  expect(rows()).toHaveLength(2)
})

test('a search waits until the hand rests', async () => {
  await open()
  vi.useFakeTimers()
  await page.get('input[aria-label="搜规格编号或品名"]').setValue('勺')
  expect(asked.some((one) => one.path.includes('search='))).toBe(false)
  vi.advanceTimersByTime(250)
  vi.useRealTimers()
  await flushPromises()
  expect(asked.some((one) => one.path.includes(`search=${encodeURIComponent('勺')}`))).toBe(true)
})

test('a difference says who must act, and a report that is too old is not believed', async () => {
  reports = [
    {
      source: '一号仓',
      reporter: 'warehouse',
      as_of: AT,
      age_ms: 65_000,
      age_limit_ms: 86_400_000,
      rows: 1,
      distrust: null,
      differences: [{ sku: '勺', ours: 75, theirs: 3, age_ms: 65_000, who: 'support', why: '缺 2 件' }],
    },
    {
      source: '抖店',
      reporter: 'platform',
      as_of: AT,
      age_ms: 120_000,
      age_limit_ms: 60_000,
      rows: 9,
      distrust: '报表太旧',
      differences: [],
    },
  ]
  await open()
  const panel = page.get('section').text()
  for (const words of ['台账 75，对方 3', '请客服处理', '缺 2 件', '1:05 前的数', '不采信', '报表太旧']) {
    expect(panel).toContain(words)
  }
})

test('the drawer shows what moved and why, and records a movement with a reason once', async () => {
  await open()
  await rows()[0]?.get('button').trigger('click')
  await flushPromises()
  const drawer = document.querySelector('.n-drawer')
  for (const words of ['售出 25', '来自组合 茶具套装', '订单 o-1', '小周']) {
    expect(drawer?.textContent).toContain(words)
  }
  const quantity = drawer?.querySelector<HTMLInputElement>('input[aria-label="数量"]')
  if (!quantity) throw new Error('no quantity')
  quantity.value = '12'
  quantity.dispatchEvent(new Event('input'))
  quantity.dispatchEvent(new Event('change'))
  quantity.dispatchEvent(new Event('blur'))
  await flushPromises()
  drawer?.querySelector('form')?.dispatchEvent(new Event('submit'))
  await flushPromises()
  const sent = posts('/movements')
  expect(sent).toHaveLength(1)
  const movements = sent.flatMap((one) => one.body.movements as Record<string, unknown>[])
  expect(movements).toMatchObject([{ sku: '杯-红', kind: 'received', quantity: 12, reason: 'purchase' }])
})

test('a repair shows what would change and writes only when confirmed', async () => {
  wrong = [
    { sku: '勺', drift: [{ field: 'available', kept: 70, computed: 60 }], broken: [], damaged: [] },
    { sku: '杯', drift: [], broken: [], damaged: [3] },
  ]
  await open()
  await page.get('[data-testid="repair"]').trigger('click')
  await flushPromises()
  expect(posts('/repair').map((one) => one.body)).toEqual([{ sku: null, apply: false }])
  expect(page.get('[data-testid="preview"]').text()).toContain('可用：现为 70，应为 60')
  expect(page.get('[data-testid="preview"]').text()).toContain('第 3 笔变动不合理或缺失')
  await page.get('[data-testid="apply"]').trigger('click')
  await flushPromises()
  expect(posts('/repair')).toHaveLength(1)
  ;[...document.querySelectorAll<HTMLElement>('.n-popconfirm__action button')].at(-1)?.click()
  await flushPromises()
  expect(posts('/repair').map((one) => one.body)).toEqual([
    { sku: null, apply: false },
    { sku: null, apply: true },
  ])
})

test('who may only look neither records nor repairs nor exports', async () => {
  await open(['view_stock'])
  expect(page.find('[data-testid="repair"]').exists()).toBe(false)
  expect(page.find('[data-testid="export"]').exists()).toBe(false)
  await rows()[0]?.get('button').trigger('click')
  await flushPromises()
  expect(document.querySelector('.n-drawer form')).toBe(null)
})
