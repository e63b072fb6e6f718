import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Action } from '../../api/session'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer, problem } from '../../testing/server'
import { intercept, OPENED } from '../../testing/tickets'
import { nextStep, scannedTask } from '../tickets/intercepts'
import WarehousePage from './WarehousePage.vue'

const WAREHOUSE: Action[] = ['view_tickets', 'confirm_intercept', 'restock_intercept']
let page: VueWrapper
let asked: Asked[]
let tasks: unknown[]
let backs: unknown[]
let refusing: ReturnType<typeof problem> | null

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: OPENED })
  tasks = [
    intercept('6901'),
    intercept('6902', { aim: 'spec', due: OPENED - 5_000, spec: { line: '1', from: 'tee-M', to: 'tee-L' } }),
  ]
  backs = []
  refusing = null
  asked = fakeServer(({ method, path }) => {
    if (method === 'POST') return refusing ?? { status: 200, body: intercept('6901', { state: 'stopped' }) }
    if (path.includes('/intercepts'))
      return { status: 200, body: { intercepts: backs, next: null, at: OPENED } }
    return { status: 200, body: { tasks, at: OPENED } }
  })
})
afterEach(() => {
  page.unmount()
  vi.useRealTimers()
  document.body.innerHTML = ''
})

async function open(permissions = WAREHOUSE) {
  page = mountIn(WarehousePage, { permissions })
  await flushPromises()
}
const sent = () => asked.filter((one) => one.method === 'POST')
async function scan(text: string) {
  const input = page.find('input')
  await input.setValue(text)
  await input.trigger('keydown', { key: 'Enter' })
  await flushPromises()
}

test('tasks show what is to be done, by when, and what changes', async () => {
  await open()
  const texts = page.findAll('[data-testid=task]').map((one) => one.text())
  expect(texts[0]).toContain('截件')
  expect(texts[0]).toContain('剩 10:00')
  expect(texts[1]).toContain('换货')
  expect(texts[1]).toContain('超时 0:05')
  expect(texts[1]).toContain('tee-M → tee-L')
})

test('the parcel that was scanned is meant, whichever task is chosen', async () => {
  await open()
  await scan('6902')
  expect(sent()[0]?.path).toBe('/api/v1/intercepts/i-6902/confirm')
  expect(sent()[0]?.body).toEqual({ scanned: '6902' })
  expect(page.find('[data-testid=done]').text()).toContain('尾号 6902 已确认')
  expect(page.find<HTMLInputElement>('input').element.value).toBe('')
})

test('a wrong parcel is refused in the words of the server, and nothing is lost', async () => {
  refusing = problem(409, '扫描内容与该订单号不一致，请核对包裹')
  await open()
  await scan('9999')
  expect(sent()[0]?.path).toBe('/api/v1/intercepts/i-6901/confirm')
  expect(page.find('[data-testid=wrong]').text()).toContain('不一致')
  expect(page.find<HTMLInputElement>('input').element.value).toBe('9999')
})

test('what is typed narrows the tasks down while it is part of a number', async () => {
  await open()
  const count = async (typed: string) => {
    await page.find('input').setValue(typed)
    return page.findAll('[data-testid=task]').length
  }
  expect(await count('02')).toBe(1)
  expect(await count('77')).toBe(2)
})

test('without a number nothing is confirmed', async () => {
  await open()
  await page.find('[data-testid=confirm]').trigger('click')
  await flushPromises()
  expect(sent()).toEqual([])
})

test('what cannot be done is reported with a reason of one touch', async () => {
  await open()
  await page.find('[data-testid=cannot]').trigger('click')
  expect(page.find('[data-testid=gone]').attributes('disabled')).toBeDefined()
  await page.findAll('.reason')[0]?.trigger('click')
  await page.find('[data-testid=gone]').trigger('click')
  await flushPromises()
  expect(sent()[0]?.path).toBe('/api/v1/intercepts/i-6901/gone')
  expect(sent()[0]?.body).toEqual({ reason: '已被快递收走' })
})

test('goods of refunded orders go back on the shelf', async () => {
  tasks = []
  backs = [intercept('6905', { state: 'refunded', with_warehouse: false })]
  await open()
  await page.find('[data-testid=backs] button').trigger('click')
  await flushPromises()
  expect(sent()[0]?.path).toBe('/api/v1/intercepts/i-6905/restock')
})

test('no connection is said, and is not "nothing to do"', async () => {
  asked = fakeServer(() => problem(403, '没有权限'))
  await open()
  expect(page.find('[data-testid=stale]').text()).toContain('没有权限')
  expect(page.find('[data-testid=nothing]').exists()).toBe(false)
})

test('one step follows the other', () => {
  const at = (known: object) => nextStep(intercept('1', known))
  expect(at({})).toBe('confirm')
  expect(at({ with_warehouse: false, road: 'carrier_intercept' })).toBe('receipt')
  expect(at({ state: 'stopped' })).toBe('refund')
  expect(at({ state: 'refunded' })).toBe('restock')
  expect(at({ state: 'changed' })).toBe('tell')
  expect(at({ state: 'failed' })).toBe('tell')
  const told = { done: 'told', road: 'hold', at: 0, by: null, name: null, words: '' }
  expect(at({ state: 'failed', steps: [told] })).toBeNull()
  expect(at({ state: 'withdrawn' })).toBeNull()
  expect(scannedTask([intercept('12'), intercept('1')], ' 1 ')?.order).toBe('douyin:1')
  expect(scannedTask([intercept('1')], '')).toBeUndefined()
})
