import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Action } from '../../api/session'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer, problem } from '../../testing/server'
import { detailed, intercept, OPENED } from '../../testing/tickets'
import InterceptPanel from './InterceptPanel.vue'

const ALL: Action[] = ['view_tickets', 'ask_intercept', 'record_refund', 'restock_intercept']
const books = [
  { sku: 'tee-M', product: 'tee', shown: 3 },
  { sku: 'tee-L', product: 'tee', shown: 5 },
  { sku: 'tee-S', product: 'tee', shown: 0 },
  { sku: 'cup', product: 'cup', shown: 9 },
]
let panel: VueWrapper
let asked: Asked[]
let intercepts: unknown[]
let refusing: ReturnType<typeof problem> | null

beforeEach(() => {
  intercepts = []
  refusing = null
  asked = fakeServer(({ method, path }) => {
    if (method === 'POST') return refusing ?? { status: 200, body: intercept('6901') }
    if (path.startsWith('/api/v1/stock')) return { status: 200, body: { stocks: books, next: null } }
    return { status: 200, body: { intercepts, next: null, at: OPENED } }
  })
})
afterEach(() => {
  panel.unmount()
  document.body.innerHTML = ''
})

async function open(permissions = ALL, ticket = detailed(2)) {
  panel = mountIn(InterceptPanel, { permissions, props: { ticket, now: OPENED } })
  await flushPromises()
}
const sent = () => asked.filter((one) => one.method === 'POST')
async function yes() {
  panel.findComponent({ name: 'Popconfirm' }).props('onPositiveClick')()
  await flushPromises()
}

test('a change of the variant offers what there is of the same product', async () => {
  await open()
  const instead = panel.find('select[aria-label^="tee-M"]')
  const offered = instead.findAll('option').slice(1)
  expect(offered.map((one) => [one.text(), one.attributes('disabled') !== undefined])).toEqual([
    ['tee-L（可用 5）', false],
    ['tee-S（可用 0）', true],
  ])
  await instead.setValue('tee-L')
  await flushPromises()
  await yes()
  expect(sent()[0]?.path).toBe('/api/v1/intercepts')
  expect(sent()[0]?.body).toEqual({
    order: 'douyin:6901',
    ticket: 't-2',
    aim: 'spec',
    note: '',
    spec: { line: 'tee-M', to: 'tee-L', quantity: null },
    difference: null,
  })
})

test('a new address goes out in a body and does not stay on the screen', async () => {
  await open(ALL, detailed(2, { kind: 'address_change' }))
  const fill = (label: string, text: string) => panel.find(`input[aria-label="${label}"]`).setValue(text)
  await fill('新收件人', '王小丫')
  await fill('新电话', '13911112222')
  await fill('新地址', '文一西路 1 号')
  await yes()
  expect(sent()[0]?.body).toMatchObject({
    aim: 'address',
    recipient: { name: '王小丫', phone: '13911112222', address: '文一西路 1 号' },
  })
  expect(asked.every((one) => !one.path.includes('13911112222'))).toBe(true)
  expect(panel.find<HTMLInputElement>('input[aria-label="新电话"]').element.value).toBe('')
})

test('both moments are shown, and the money goes back in full unless somebody says how much', async () => {
  intercepts = [
    intercept('6901', { state: 'stopped', with_warehouse: false, confirmed_at: OPENED + 110_000 }),
  ]
  await open()
  const text = panel.find('[data-testid=intercept]').text()
  expect(text).toContain('请求 2026/06/18 20:10:00')
  expect(text).toContain('仓库确认 2026/06/18 20:11:50')
  expect(panel.find('[data-testid=ask-intercept]').exists()).toBe(false)
  await yes()
  expect(sent()[0]).toMatchObject({ path: '/api/v1/intercepts/i-6901/refund', body: { fen: null } })
})

test('what a carrier takes and how seldom it works stands beside it, before its answer is written down', async () => {
  const far = { road: 'carrier_intercept', with_warehouse: false, fee_fen: 1_000, chance_percent: 70 }
  intercepts = [intercept('6901', far as never)]
  await open()
  expect(panel.text()).toContain('拦截费 ¥10.00')
  expect(panel.text()).toContain('成功率约 70%')
  await panel.find('input[aria-label^="对方怎么说"]').setValue('快递已退回')
  await panel
    .findAll('button')
    .find((one) => one.text() === '已拦下')
    ?.trigger('click')
  await flushPromises()
  expect(sent()[0]).toMatchObject({
    path: '/api/v1/intercepts/i-6901/receipt',
    body: { stopped: true, note: '快递已退回' },
  })
})

test('the customer is told in words that are ready, and a refusal says why', async () => {
  intercepts = [intercept('6901', { state: 'restocked', with_warehouse: false })]
  refusing = problem(409, '公屏里已没有这个问题')
  await open()
  await panel
    .findAll('button')
    .find((one) => one.text() === '用现成的话')
    ?.trigger('click')
  await panel.find('[data-testid=tell]').trigger('click')
  await flushPromises()
  expect(sent()[0]?.body).toMatchObject({ route: 'private_message' })
  expect(String(sent()[0]?.body.text)).toContain('货款已原路退回')
  expect(panel.find('[data-testid=intercept-refused]').text()).toContain('公屏里已没有这个问题')
})

test('whoever may only look is offered nothing', async () => {
  intercepts = [intercept('6901', { state: 'stopped', with_warehouse: false })]
  await open(['view_tickets'])
  expect(panel.findAll('button')).toHaveLength(0)
})
