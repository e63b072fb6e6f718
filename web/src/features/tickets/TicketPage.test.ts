import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Schemas } from '../../api/client'
import type { Action } from '../../api/session'
import { mountIn } from '../../testing/mounting'
import { order } from '../../testing/orders'
import { type Asked, fakeServer, problem } from '../../testing/server'
import { detailed, OPENED } from '../../testing/tickets'
import TicketPage from './TicketPage.vue'

const HANDLES: Action[] = ['view_tickets', 'handle_tickets', 'note_tickets', 'ask_compensation']
let page: VueWrapper
let asked: Asked[]
let detail: Schemas['TicketWithRecord']
let refusing: ReturnType<typeof problem> | null

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: OPENED })
  detail = detailed(2)
  refusing = null
  asked = fakeServer(({ method, path }) => {
    if (path.endsWith('/answers') && method === 'GET')
      return {
        status: 200,
        body: {
          answers: [
            { code: 'spec_change', text: '您好，订单 6901 已请仓库先不发货', quotes: [], missing: [] },
            { code: 'gift_promised', text: null, quotes: [], missing: ['当时没有承诺赠品'] },
          ],
        },
      }
    if (path.startsWith('/api/v1/ticket-colleagues'))
      return {
        status: 200,
        body: {
          colleagues: [
            { id: 'p-8', name: '客服阿香', open: 0 },
            { id: 'p-9', name: '客服阿丽', open: 3 },
          ],
        },
      }
    if (path.startsWith('/api/v1/stock')) return { status: 200, body: { stocks: [], next: null } }
    if (path.includes('/intercepts')) return { status: 200, body: { intercepts: [], next: null } }
    if (method === 'POST' && refusing) return refusing
    return { status: 200, body: detail }
  })
})
afterEach(() => {
  page.unmount()
  vi.useRealTimers()
  document.body.innerHTML = ''
})

async function open(permissions: Action[] = HANDLES) {
  page = mountIn(TicketPage, { permissions, props: { ticket: 't-2' } })
  await flushPromises()
}
const sent = () => asked.filter((one) => one.method === 'POST')

test('a ticket shows both clocks, what was said, whose order it is, and the moment in the room', async () => {
  await open([...HANDLES, 'view_review', 'view_orders'])
  const clocks = page.findAll('[data-testid=clock]').map((one) => one.text())
  expect(clocks[0]).toContain('首响')
  expect(clocks[0]).toContain('剩 5:00')
  expect(clocks[1]).toContain('剩 24:00:00')
  expect(page.find('[data-testid=said]').text()).toBe('拍错规格了')
  expect(page.find('[data-testid=order]').text()).toContain('138****8765')
  expect(page.find('[data-testid=record] a').attributes('href')).toContain('/shows/show-1/review?at=')
})

test('a prepared answer is sent as it is, and as words once it was touched', async () => {
  await open()
  const [ready, lacking] = page.findAll('[data-testid=prepared]')
  expect(lacking?.text()).toContain('还缺：当时没有承诺赠品')
  expect(lacking?.attributes('disabled')).toBeDefined()
  await ready?.trigger('click')
  await page.find('[data-testid=send]').trigger('click')
  await flushPromises()
  expect(sent()[0]?.body).toEqual({ canned: 'spec_change', route: 'room' })
  await ready?.trigger('click')
  await page.find('[data-testid=answer-box] textarea').setValue('您好，已处理')
  await page.find('[data-testid=send]').trigger('click')
  await flushPromises()
  expect(sent()[1]?.body).toEqual({ text: '您好，已处理', route: 'room' })
})

test('what the server refuses is said in its words, and what was typed stays', async () => {
  refusing = problem(409, '公屏问题已经关闭')
  await open()
  await page.find('[data-testid=answer-box] textarea').setValue('您好')
  await page.find('[data-testid=send]').trigger('click')
  await flushPromises()
  expect(page.find('[data-testid=refused]').text()).toContain('公屏问题已经关闭')
  expect(page.find<HTMLTextAreaElement>('[data-testid=answer-box] textarea').element.value).toBe('您好')
})

test('only the ways that there are from here are offered, and t takes the ticket', async () => {
  await open()
  expect(page.findAll('[data-testid^=move-]').map((one) => one.text())).toEqual([
    '已分诊',
    '升级法务',
    '升级品质',
  ])
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 't' }))
  await flushPromises()
  expect(sent()[0]?.path).toBe('/api/v1/tickets/t-2/hand-over')
})

test('a ticket is handed over to a colleague with a word, and closed at once only for a cause that says so', async () => {
  detail = detailed(2, { ways: ['triaged', 'closed'] })
  await open()
  const panel = page.find('[data-testid=handle]')
  expect(panel.find('[data-testid=move-closed]').exists()).toBe(false)
  const [, cause, owner] = panel.findAllComponents({ name: 'Select' })
  expect(owner?.props('options')).toEqual([
    { value: 'p-8', label: '客服阿香（手上 0 单）' },
    { value: 'p-9', label: '客服阿丽（手上 3 单）' },
  ])
  cause?.vm.$emit('update:value', 'duplicate')
  owner?.vm.$emit('update:value', 'p-9')
  await panel.find('input[aria-label^="给接手人的话"]').setValue('等客户回复')
  expect(panel.find('[data-testid=move-closed]').exists()).toBe(true)
  await panel.find('[data-testid=give]').trigger('click')
  await flushPromises()
  expect(sent()[0]).toMatchObject({
    path: '/api/v1/tickets/t-2/hand-over',
    body: { owner: 'p-9', note: '等客户回复' },
  })
})

test('of several orders of a viewer one is chosen', async () => {
  detail = detailed(2, {
    order: null,
    recipient: null,
    orders: [
      { ...order('6901'), chosen: false },
      { ...order('6902'), chosen: false },
    ],
  })
  await open()
  expect(page.find('[data-testid=order]').text()).toContain('此人有 2 个订单')
  await page.findAll('[data-testid=choose-order]')[1]?.trigger('click')
  await flushPromises()
  expect(sent()[0]?.body).toEqual({ order: 'douyin:6902' })
})

test('a sum in yuan is asked for in fen', async () => {
  await open()
  const panel = page.find('[data-testid=compensations]')
  panel.findComponent({ name: 'InputNumber' }).vm.$emit('update:value', 15.3)
  await panel.find('input[aria-label="为什么补偿"]').setValue('赠品破损')
  await panel.find('form').trigger('submit')
  await flushPromises()
  expect(sent()[0]?.body).toEqual({ fen: 1_530, reason: '赠品破损' })
})

test('when it is done the customer is asked how it was, and what they say is counted', async () => {
  detail = detailed(2, { open: false, state: 'resolved', first_at: OPENED, ways: ['closed', 'reopened'] })
  await open()
  await page.find('[data-testid=ask-score]').trigger('click')
  await flushPromises()
  expect(sent()[0]?.body).toEqual({ score: null })
  detail = { ...detail, satisfaction_asked_at: OPENED }
  page.unmount()
  await open()
  await page.find('[data-testid=satisfaction] [aria-label="5 分"]').trigger('click')
  await flushPromises()
  expect(sent().at(-1)?.body).toEqual({ score: 5 })
})

test('whoever only notes things neither answers nor takes', async () => {
  await open(['view_tickets', 'note_tickets'])
  expect(page.find('[data-testid=answer-box]').exists()).toBe(false)
  expect(page.find('[data-testid=take]').exists()).toBe(false)
  expect(page.find('[data-testid=handle]').exists()).toBe(true)
})
