import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Action } from '../../api/session'
import { setLanguage } from '../../i18n'
import { item, orderRow, proposed } from '../../testing/lineups'
import { mountIn } from '../../testing/mounting'
import { show } from '../../testing/rooms'
import { type Asked, fakeServer, problem } from '../../testing/server'
import type { Proposed } from './assumptions'
import LineupPage from './LineupPage.vue'

const ALL: Action[] = ['view_room', 'edit_lineup', 'export_data']
let page: VueWrapper
let asked: Asked[]
let items: ReturnType<typeof item>[]
let proposal: Proposed
let refusal: { status: number; body: unknown } | null
let hold: Promise<void> | undefined

beforeEach(() => {
  items = [item(1, '纯棉四件套'), item(2, '洗衣液'), item(3, '保温杯')]
  proposal = proposed(['p-3', 'p-1', 'p-2'])
  refusal = null
  hold = undefined
  asked = fakeServer(async ({ method, path, body }) => {
    if (path.endsWith('/proposal')) {
      await hold
      return refusal ?? { status: 200, body: proposal }
    }
    if (!path.endsWith('/lineup')) return { status: 200, body: show({ status: 'planned' }) }
    if (method === 'GET') return { status: 200, body: { items } }
    const order = body.products as string[]
    items = order.flatMap((id) => items.filter((one) => one.product.id === id))
    return { status: 200, body: { items } }
  })
})
afterEach(() => {
  page.unmount()
  setLanguage('zh-CN')
})

async function open(permissions = ALL) {
  page = mountIn(LineupPage, { props: { show: 'show-1' }, permissions })
  await flushPromises()
}
const button = (name: string) => page.findAll('button').find((one) => one.text() === name)
const field = (label: string) => page.get<HTMLInputElement>(`input[aria-label="${label}"]`)
const rows = () =>
  page.findAll('[data-testid=order-row]').map((row) => row.findAll('th, td').map((one) => one.text()))
const proposals = () => asked.filter((one) => one.path.endsWith('/proposal'))
const sets = () => asked.filter((one) => one.method === 'PUT').map((one) => one.body.products)
async function propose() {
  await page.get('form').trigger('submit')
  await flushPromises()
}

test('without history the page says so, and what is assumed stands in the fields', async () => {
  await open()
  expect(page.get('[data-testid=rests]').text()).toContain('还没有历史场次可参考')
  expect(field('讲解分钟 洗衣液').attributes('placeholder')).toBe('5')
  expect(field('千人分钟单量 洗衣液').attributes('placeholder')).toBe('2')
  expect(field('整场时长（分钟）').attributes('placeholder')).toBe('120')
  expect(field('讲解分钟 洗衣液').element.value).toBe('')
  const bases = page.findAll('[data-testid=planned-product]')[1]?.findAll('.basis')
  expect(bases?.map((one) => one.text())).toEqual(['假设', '假设', '假设', '假设'])
  expect(page.find('[data-testid=order]').exists()).toBe(false)
})

test('what past shows and this product told is named with how much it was', async () => {
  const [basis] = proposal.assumed.products
  proposal.assumed.audience = { from: 'past_shows', shows: 4 }
  if (basis) basis.orders_per_viewer = { from: 'seen', shows: 2, orders: 31, viewer_minutes: 12_300 }
  await open()
  expect(page.get('[data-testid=rests]').text()).toContain('最近 4 场')
  const seen = page.get('.basis.seen')
  expect(seen.text()).toBe('实测')
  expect(seen.attributes('title')).toContain('2 场里 12,300 观众分钟成交 31 单')
})

test('only what was typed is sent, and it is called so', async () => {
  await open()
  await field('单件毛利（元） 洗衣液').setValue('12.5')
  await page.get('input[aria-label="必播 保温杯"]').setValue(true)
  await page.get('select[aria-label="角色 纯棉四件套"]').setValue('traffic')
  expect(page.findAll('.basis.said')).toHaveLength(2)
  await propose()
  const sent = proposals().at(-1)?.body
  expect(sent?.minutes).toBeNull()
  expect(sent?.products).toMatchObject({
    'p-1': { role: 'traffic', minutes: null },
    'p-2': { margin: 1_250, role: null },
    'p-3': { must_appear: true, margin: null },
  })
})

test('an order comes by time, with reasons in words and the distance to the best', async () => {
  const reasons: Proposed['ordered']['rows'][number]['reasons'] = ['opens_the_show', 'yields_to_others']
  proposal = proposed(['p-1', 'p-2', 'p-3'], {
    rows: [
      orderRow('p-3', 0, { to: 3, reasons }),
      orderRow('p-1', 3, { orders: 1_234.4, contribution: 99_950 }),
    ],
    left_out: ['p-2'],
  })
  await open()
  await propose()
  expect(rows()).toEqual([
    ['0–3', '3 保温杯', '2.5', '¥100.00', '首款引流让位给更赚的款'],
    ['3–8', '1 纯棉四件套', '1,234', '¥999.50', '放这里最赚'],
  ])
  expect(page.get('[data-testid=contribution]').text()).toBe('¥12,345.00')
  expect(page.get('[data-testid=gap]').text()).toBe('距最优最多差 0.44%')
  expect(page.get('[data-testid=left-out]').text()).toBe('1 款排不下：2 洗衣液')
  expect(page.find('.broken').exists()).toBe(false)
})

test('what must appear and has no place is said in red', async () => {
  proposal = proposed(['p-1', 'p-2', 'p-3'], { rows: [orderRow('p-1', 0)], broken: ['p-2'], gap: 0 })
  await open()
  await propose()
  expect(page.get('.broken').text()).toContain('必播或锁定的商品没有位置：2 洗衣液')
  expect(page.get('[data-testid=gap]').text()).toBe('已是最优')
})

test('a number that cannot be one is told at its field and not sent', async () => {
  await open()
  await field('讲解分钟 洗衣液').setValue('六')
  expect(field('讲解分钟 洗衣液').attributes('aria-invalid')).toBe('true')
  expect(page.get('[data-testid=planned-product] .fault').text()).toBe('填 1 到 1,440 的整数')
  const before = proposals().length
  await propose()
  expect(proposals()).toHaveLength(before)
})

test('what the server refuses stands at its field until that is changed, also behind a search', async () => {
  await open()
  await field('讲解分钟 洗衣液').setValue('90')
  const errors = [
    { field: 'products.p-2.minutes', expected: '1 到 60', found: '其他值' },
    { field: 'minutes', expected: '1 到 1440 分钟', found: '0' },
  ]
  refusal = { status: 422, body: { type: '', code: 'invalid', title: '内容不对', status: 422, errors } }
  await propose()
  expect(page.findAll('.fault').map((one) => one.text())).toEqual(['应为1 到 1440 分钟', '应为1 到 60'])
  expect(page.get('[data-testid=failure]').text()).toContain('有 2 处填写不对')
  await field('链接号或品名').setValue('保温杯')
  expect(page.findAll('[data-testid=planned-product]')).toHaveLength(2)
  await field('讲解分钟 洗衣液').setValue('30')
  expect(page.findAll('.fault').map((one) => one.text())).toEqual(['应为1 到 1440 分钟'])
})

test('an order that is being worked out is said so, asked for once, and again when it failed', async () => {
  await open()
  let answer = () => {}
  hold = new Promise((resolve) => {
    answer = resolve
  })
  refusal = problem(503, '数据库繁忙')
  const before = proposals().length
  await propose()
  await propose()
  expect(button('正在排…')?.attributes('disabled')).toBeDefined()
  answer()
  await flushPromises()
  expect(proposals()).toHaveLength(before + 1)
  expect(page.get('[data-testid=failure]').text()).toContain('数据库繁忙')
  refusal = null
  await button('重试')?.trigger('click')
  await flushPromises()
  expect(page.find('[data-testid=failure]').exists()).toBe(false)
  expect(rows()).toHaveLength(3)
})

test('an order of before says that something else was said since', async () => {
  await open()
  await propose()
  expect(page.find('.stale').exists()).toBe(false)
  await field('库存 洗衣液').setValue('50')
  expect(page.get('.stale').text()).toContain('还是改动前的建议')
})

test('an order is used with a product that came meanwhile, and the earlier one comes back', async () => {
  await open()
  await field('库存 洗衣液').setValue('50')
  await field('库存 保温杯').setValue('50')
  await propose()
  items = [...items, item(4, '新加的')]
  await button('采用')?.trigger('click')
  await flushPromises()
  expect(sets()).toEqual([['p-3', 'p-1', 'p-2', 'p-4']])
  expect(page.get('[role=status]').text()).toContain('已采用')
  expect(button('排品已是这个顺序')?.attributes('disabled')).toBeDefined()
  expect(page.find('.stale').exists()).toBe(false)
  await button('撤销')?.trigger('click')
  await flushPromises()
  expect(sets().at(-1)).toEqual(['p-1', 'p-2', 'p-3', 'p-4'])
  expect(page.get('[role=status]').text()).toContain('已撤销')
  expect(button('撤销')).toBeUndefined()
})

test('of a show on air the rest is ordered, and what was shown keeps its place', async () => {
  proposal = proposed(['p-1', 'p-2', 'p-3'], { rows: [orderRow('p-3', 20)] }, { from: 18, shown: ['p-2'] })
  await open()
  expect(page.get('[data-testid=on-air]').text()).toContain('从第 18 分钟起排，已播 1 款不动')
  await propose()
  expect(page.text()).toContain('剩余时段贡献')
  await button('采用')?.trigger('click')
  await flushPromises()
  expect(sets()).toEqual([['p-2', 'p-3', 'p-1']])
})

test('the order can be taken along, with money in yuan, by those who may', async () => {
  const files: Blob[] = []
  vi.spyOn(URL, 'createObjectURL').mockImplementation((file) => {
    files.push(file as Blob)
    return 'blob:x'
  })
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation(() => {})
  // The page of the test would leave for the file.
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {})
  await open()
  await propose()
  await button('导出所列')?.trigger('click')
  const text = await files[0]?.text()
  expect(text?.split('\r\n')[1]).toBe('0–5,3 保温杯,2.5,100,放这里最赚')
  page.unmount()
  await open(['edit_lineup'])
  await propose()
  expect(button('导出所列')).toBeUndefined()
})

test('who may not edit the line-up sees it as it is and asks for nothing', async () => {
  await open(['view_room'])
  expect(page.findAll('[data-testid=present-item]').map((one) => one.text())).toHaveLength(3)
  expect(page.text()).toContain('不能调整排品')
  expect(page.find('form').exists()).toBe(false)
  expect(proposals()).toEqual([])
})

test('a line-up that is empty or unreachable says which', async () => {
  items = []
  await open()
  expect(page.text()).toContain('本场还没有排品')
  expect(proposals()).toEqual([])
  page.unmount()
  fakeServer(() => problem(503, '数据库繁忙'))
  await open()
  expect(page.text()).toContain('数据库繁忙')
  expect(button('重试')).toBeDefined()
})

test('in the other language nothing is left in Chinese but the names', async () => {
  await open()
  setLanguage('en')
  await propose()
  expect(page.text()).toContain('at most 0.44% from the best possible order')
  expect(page.text().replaceAll(/纯棉四件套|洗衣液|保温杯|周三日常/g, '')).not.toMatch(/\p{Script=Han}/u)
})
