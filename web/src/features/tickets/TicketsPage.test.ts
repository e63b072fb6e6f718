import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Action } from '../../api/session'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer, problem } from '../../testing/server'
import { OPENED, ticket } from '../../testing/tickets'
import TicketsPage from './TicketsPage.vue'

const figures = {
  from: 0,
  to: OPENED,
  all: { tickets: 40, first_in_time: 38, first_late: 2, rated: 20, satisfied: 19 },
  rows: [],
  open: [
    { post: 'customer_service', open: 3, late: 1 },
    { post: 'warehouse', open: 2, late: 0 },
  ],
  satisfied_goal_permille: 950,
}
const sum = {
  id: 'k-1',
  ticket: 't-2',
  fen: 5_000,
  reason: '赠品破损',
  status: 'asked',
  needs: ['lead'],
  missing: ['lead'],
  asked_by: 'person-2',
  asked_name: '客服小陈',
  asked_at: OPENED,
  signed: [],
  refusal: '',
}
let page: VueWrapper
let asked: Asked[]
let tickets: unknown[]
let sums: unknown[]
let failing: boolean
let refusing: ReturnType<typeof problem> | null
const settings = {
  service_fen: 2_000,
  lead_fen: 20_000,
  works_from: '09:00',
  works_to: '22:00',
  carrier_fee_fen: 1_000,
}

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'Date'],
    now: OPENED,
  })
  tickets = [
    ticket(7, {
      priority: 'p0',
      kind: 'injury',
      text: '用了脸上起疹子',
      next_due: OPENED - 61_000,
      late: true,
    }),
    ticket(2),
  ]
  sums = []
  refusing = null
  failing = false
  asked = fakeServer(({ method, path }) => {
    if (path.startsWith('/api/v1/after-sale/settings')) {
      if (method === 'PUT' && refusing) return refusing
      return { status: 200, body: { version: 0, settings } }
    }
    if (path.startsWith('/api/v1/ticket-figures')) return { status: 200, body: figures }
    if (path.startsWith('/api/v1/compensations') && failing) return problem(503, '稍后再试')
    if (path.startsWith('/api/v1/compensations')) return { status: 200, body: { compensations: sums } }
    return { status: 200, body: { tickets, next: null, at: OPENED } }
  })
})
afterEach(() => {
  page.unmount()
  vi.useRealTimers()
  document.body.innerHTML = ''
})

async function open(permissions: Action[] = ['view_tickets']) {
  page = mountIn(TicketsPage, { permissions })
  await flushPromises()
}
const rows = () => page.findAll('[data-testid=ticket]')

test('clocks count down and, when they are over, say so in words', async () => {
  await open()
  expect(rows()[0]?.text()).toContain('P0')
  expect(rows()[0]?.find('[data-testid=clock]').classes()).toContain('late')
  expect(rows()[0]?.text()).toContain('超时 1:01')
  expect(rows()[1]?.text()).toContain('剩 5:00')
  vi.advanceTimersByTime(3_000)
  await flushPromises()
  expect(rows()[0]?.text()).toContain('超时 1:04')
  expect(rows()[1]?.text()).toContain('剩 4:57')
})

test('the figures say how many wait, how many are late, and what share was in time', async () => {
  await open()
  const text = page.find('[data-testid=figures]').text()
  expect(text).toContain('待处理5')
  expect(text).toContain('已超时1')
  expect(text).toContain('95.0%')
})

test('j and k walk along the queue, Enter opens what is chosen', async () => {
  await open()
  const press = async (key: string) => {
    window.dispatchEvent(new KeyboardEvent('keydown', { key }))
    await flushPromises()
  }
  await press('j')
  await press('j')
  expect(rows()[1]?.classes()).toContain('chosen')
  await press('j')
  expect(rows()[1]?.classes()).toContain('chosen')
  await press('k')
  expect(rows()[0]?.classes()).toContain('chosen')
  expect(document.activeElement?.getAttribute('href')).toBe('/tickets/t-7')
})

test('a filter asks the server, and one that finds nothing can be cleared', async () => {
  await open()
  tickets = []
  await page.findAll('[role=tab]')[1]?.trigger('click')
  await flushPromises()
  expect(asked.some((one) => one.path.includes('owner=person-1'))).toBe(true)
  expect(page.text()).toContain('没有符合条件的工单')
  await page
    .findAll('button')
    .find((one) => one.text() === '清除筛选')
    ?.trigger('click')
  await flushPromises()
  expect(page.text()).toContain('没有待处理的工单')
})

test('the file holds what the list is filtered for, and a number of a person goes into no address', async () => {
  await open(['view_tickets', 'export_data'])
  await page.findAll('[role=tab]')[2]?.trigger('click')
  const find = page.find('input[aria-label^="搜内容"]')
  await find.setValue('破损')
  vi.advanceTimersByTime(300)
  await flushPromises()
  const file = page.find('a[download]').attributes('href') ?? ''
  expect(decodeURIComponent(file)).toBe('/api/v1/tickets/export/tickets.csv?open=true&late=true&search=破损')
  await find.setValue('138 0013 8765')
  vi.advanceTimersByTime(300)
  await flushPromises()
  expect(page.find('[data-testid=phone]').text()).toContain('没有发送')
  expect(asked.some((one) => one.path.includes('8765'))).toBe(false)
})

test('sums that could not be read are not taken for none', async () => {
  failing = true
  await open(['view_tickets', 'decide_compensation'])
  vi.advanceTimersByTime(5_000)
  await flushPromises()
  expect(page.find('[data-testid=compensations-unknown]').exists()).toBe(true)
})

test('who decides on sums sees those that wait, and never their own', async () => {
  sums = [sum, { ...sum, id: 'k-2', asked_by: 'person-1' }]
  await open(['view_tickets', 'decide_compensation'])
  expect(page.findAll('[data-testid=compensation]')).toHaveLength(1)
  const waiting = page.find('[data-testid=waiting-compensations]')
  expect(waiting.text()).toContain('¥50.00')
  expect(waiting.text()).toContain('还缺：主管')
  waiting.findComponent({ name: 'Popconfirm' }).props('onPositiveClick')()
  await flushPromises()
  const sent = asked.find((one) => one.method === 'POST')
  expect(sent?.path).toBe('/api/v1/compensations/k-1/decide')
  expect(sent?.body).toEqual({ refused: null })
})

test('operations set hours and the fee as they type them, and see the limits that are finance’s', async () => {
  await open(['view_tickets', 'set_after_sale'])
  await page.find('[data-testid=settings]').trigger('click')
  await flushPromises()
  const panel = page.find('[data-testid=after-sale]')
  const field = (label: string) => panel.find<HTMLInputElement>(`input[aria-label^="${label}"]`)
  expect(field('客服可直接补偿').element.disabled).toBe(true)
  expect(panel.text()).toContain('补偿额度由财务设置')
  await field('上班时间').setValue('14：00')
  await field('下班时间').setValue('2:00')
  await panel.find('form').trigger('submit')
  await flushPromises()
  const sent = asked.filter((one) => one.method === 'PUT')
  expect(sent[0]?.body).toEqual({ ...settings, works_from: '14:00', works_to: '02:00' })
  expect(panel.text()).toContain('已保存')
  refusing = problem(422, '上班时间不对')
  await panel.find('form').trigger('submit')
  await flushPromises()
  expect(panel.find('[data-testid=refused]').text()).toContain('上班时间不对')
})

test('a ticket that comes by telephone is opened once, with the order as it is typed', async () => {
  await open(['view_tickets', 'handle_tickets'])
  await page.find('[data-testid=new]').trigger('click')
  const form = page.find('[data-testid=new-ticket]')
  form.findAllComponents({ name: 'Select' })[0]?.vm.$emit('update:value', 'hurry_up')
  await form.find('input[aria-label^="订单号"]').setValue('6901')
  await form.find('textarea').setValue('客户来电催发货')
  await form.trigger('submit')
  await flushPromises()
  const sent = asked.find((one) => one.method === 'POST')
  expect(sent?.body).toMatchObject({
    kind: 'hurry_up',
    source: 'support',
    order: 'douyin:6901',
    text: '客户来电催发货',
  })
  expect(String(sent?.body.once).length).toBeGreaterThan(20)
})
