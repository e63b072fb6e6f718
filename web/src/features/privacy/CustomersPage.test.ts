import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Schemas } from '../../api/client'
import type { Action } from '../../api/session'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer, problem } from '../../testing/server'
import CustomerPanel from './CustomerPanel.vue'
import CustomersPage from './CustomersPage.vue'
import RecordsPage from './RecordsPage.vue'

const AT = Date.UTC(2026, 5, 18, 12, 0, 0)
const customer: Schemas['Customer'] = {
  id: 'c1',
  masked: { name: '欧**', phone: '138****8765', region: '浙江省杭州市余杭区***' },
  state: 'kept',
  created_at: AT,
  last_order_at: AT,
  expired_at: null,
  erased_at: null,
}
const delivery: Schemas['CustomerDelivery'] = {
  id: 'T1001',
  class: 'order',
  opened_at: AT,
  shipped_at: null,
  received_at: null,
  closed_at: null,
  due_at: null,
  expired_at: null,
}
const look = {
  id: 'l1',
  customer: 'c1',
  delivery: null,
  person: '客服小陈',
  purpose: 'reveal',
  reason: 'address_check',
  note: '工单 1024',
  fields: ['name', 'phone'],
  at: AT,
  until: AT + 300_000,
  seen: 1,
}
const recipient = {
  name: '欧阳雪融',
  phone: '13800138765',
  extension: null,
  address: '余杭区文一西路969号',
  remark: null,
}

let page: VueWrapper
let asked: Asked[]
let failing: ReturnType<typeof problem> | null
let erasures: unknown[]

beforeEach(() => {
  failing = null
  erasures = []
  asked = fakeServer(({ method, path }) => {
    if (failing) return failing
    if (path.endsWith('/reveal'))
      return { status: 201, body: { look, until: AT + 300_000, now: AT, recipient } }
    if (path.endsWith('/erasure')) return { status: 201, body: {} }
    if (path.endsWith('/search')) return { status: 200, body: { customers: [] } }
    if (path.startsWith('/api/v1/customers/c1'))
      return { status: 200, body: { customer, deliveries: [delivery] } }
    if (path.startsWith('/api/v1/customers'))
      return { status: 200, body: { customers: [customer], next: null } }
    if (path.startsWith('/api/v1/privacy/erasures'))
      return { status: 200, body: method === 'POST' ? {} : { erasures } }
    if (path.startsWith('/api/v1/privacy/looks')) return { status: 200, body: { looks: [look], next: null } }
    return {
      status: 200,
      body: {
        matrix: [{ code: 'order_recipient', what: '订单收件人', since: 'closed', days: 90, basis: '个保法' }],
        due_deliveries: ['T1'],
        due_customers: [],
        due_evidence: [],
        runs: [],
      },
    }
  })
})
afterEach(() => {
  page.unmount()
  vi.useRealTimers()
  document.body.innerHTML = ''
})

async function open(component: object, permissions: Action[], props = {}) {
  page = mountIn(component, { permissions, props })
  await flushPromises()
}
async function type(label: string, text: string) {
  const input = document.querySelector<HTMLInputElement>(`input[aria-label="${label}"]`)
  if (!input) throw new Error(label)
  input.value = text
  input.dispatchEvent(new Event('input', { bubbles: true }))
  await flushPromises()
}
const inBody = () => document.body.textContent ?? ''

test('customers are listed masked, and a number is looked for in a body and then forgotten', async () => {
  await open(CustomersPage, ['view_customers'])
  expect(inBody()).toContain('欧**')
  expect(inBody()).toContain('138****8765')
  await type('输入完整手机号查找', '13800138765')
  await page.find('form').trigger('submit')
  await flushPromises()
  const search = asked.find((one) => one.path.endsWith('/search'))
  expect(search?.body).toEqual({ phone: '13800138765' })
  expect(asked.every((one) => !one.path.includes('13800138765'))).toBe(true)
  expect(inBody()).toContain('没有这个号码的客户')
  expect(document.querySelector<HTMLInputElement>('input')?.value).toBe('')
  await page.find('[data-testid=all]').trigger('click')
  expect(page.findAll('[data-testid=customer]')).toHaveLength(1)
})

test('what cannot be fetched is said, and asked for again', async () => {
  failing = problem(503, '数据库繁忙')
  await open(CustomersPage, ['view_customers'])
  expect(inBody()).toContain('数据库繁忙')
  failing = null
  await page
    .findAll('button')
    .filter((one) => one.text() === '重试')[0]
    ?.trigger('click')
  await flushPromises()
  expect(inBody()).toContain('欧**')
})

test('a customer is seen in clear for a reason, counted down, and hidden when the time is over', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
  await open(CustomerPanel, ['view_customers', 'reveal_customer'], { customer: 'c1' })
  const reveal = document.querySelector<HTMLButtonElement>('[data-testid=reveal]')
  expect(reveal?.disabled).toBe(true)
  const select = page.findAllComponents({ name: 'Select' })[0]
  select?.vm.$emit('update:value', 'address_check')
  await type('备注，如工单号；不要写姓名、电话、地址', '工单 1024')
  expect(reveal?.disabled).toBe(false)
  document.querySelector('form')?.dispatchEvent(new Event('submit'))
  await flushPromises()
  const sent = asked.find((one) => one.method === 'POST')
  expect(sent?.body).toEqual({
    reason: 'address_check',
    note: '工单 1024',
    fields: ['name', 'phone', 'address'],
    delivery: null,
  })
  expect(inBody()).toContain('欧阳雪融')
  expect(inBody()).toContain('300 秒后自动隐藏')
  vi.advanceTimersByTime(299_000)
  await flushPromises()
  expect(inBody()).toContain('1 秒后自动隐藏')
  vi.advanceTimersByTime(1_000)
  await flushPromises()
  expect(inBody()).not.toContain('欧阳雪融')
  expect(document.querySelector('[data-testid=was-clear]')).not.toBeNull()
})

test('whoever may not see a customer in clear is not offered it', async () => {
  await open(CustomerPanel, ['view_customers'], { customer: 'c1' })
  expect(document.querySelector('[data-testid=reveal]')).toBeNull()
  expect(document.querySelector('[data-testid=erase]')).toBeNull()
  expect(inBody()).toContain('T1001')
})

test('an erasure is asked for with a reason, and done by somebody else', async () => {
  await open(CustomerPanel, ['view_customers', 'ask_erasure'], { customer: 'c1' })
  await type('申请删除的理由，如工单号；不要写姓名、电话、地址', '本人要求，工单 88')
  page.findComponent({ name: 'Popconfirm' }).props('onPositiveClick')()
  await flushPromises()
  expect(asked.find((one) => one.path.endsWith('/erasure'))?.body).toEqual({ reason: '本人要求，工单 88' })
  expect(inBody()).toContain('已提交，等待合规确认')
})

test('compliance sees who looked, what waits, and what is due', async () => {
  erasures = [
    {
      id: 'e1',
      customer,
      status: 'asked',
      reason: '本人要求',
      asked_by: '客服小陈',
      asked_at: AT,
      due_at: AT,
      decided_by: null,
      decided_at: null,
      decision: '',
      alone: false,
    },
  ]
  await open(RecordsPage, ['view_privacy_records', 'decide_erasure', 'run_retention'])
  expect(page.find('[data-testid=look]').text()).toContain('查看明文 · 核对地址 · 工单 1024')
  expect(page.find('[data-testid=due]').text()).toContain('收货信息 1 条')
  const confirm = page.find('[data-testid=erasure]').findComponent({ name: 'Popconfirm' })
  confirm.props('onPositiveClick')()
  await flushPromises()
  const decided = asked.find((one) => one.method === 'POST')
  expect(decided?.path).toBe('/api/v1/privacy/erasures/e1')
  expect(decided?.body).toEqual({ refused: null })
})
