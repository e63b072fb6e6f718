import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer, problem } from '../../testing/server'
import { intercept, OPENED } from '../../testing/tickets'
import InterceptsPage from './InterceptsPage.vue'

let page: VueWrapper
let asked: Asked[]
let intercepts: unknown[]
let refusing: ReturnType<typeof problem> | null

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: OPENED })
  intercepts = [intercept('6901'), intercept('6902', { state: 'failed', running: false, ticket: null })]
  refusing = null
  asked = fakeServer(() => refusing ?? { status: 200, body: { intercepts, next: null, at: OPENED } })
})
afterEach(() => {
  page.unmount()
  vi.useRealTimers()
  document.body.innerHTML = ''
})

async function open() {
  page = mountIn(InterceptsPage, { permissions: ['view_tickets', 'export_data'] })
  await flushPromises()
}

test('each request stands with who asked, how it stands and its ticket', async () => {
  await open()
  const [one, other] = page.findAll('[data-testid=intercept-row]').map((row) => row.text())
  expect(one).toContain('6901')
  expect(one).toContain('拦截中')
  expect(one).toContain('剩 10:00')
  expect(other).toContain('没拦住')
  expect(other).toContain('无工单')
})

test('what runs is asked for first, and the file is what the list is filtered for', async () => {
  await open()
  expect(asked[0]?.path).toContain('running=true')
  const file = () => page.findAll('a[download]').map((one) => one.attributes('href'))
  expect(file()).toEqual([
    '/api/v1/intercepts/export/intercepts.csv?running=true',
    '/api/v1/intercepts/export/intercepts.xlsx?running=true',
  ])
  intercepts = []
  await page.findAll('[role=tab]')[1]?.trigger('click')
  await flushPromises()
  expect(file()[0]).toBe('/api/v1/intercepts/export/intercepts.csv?running=false')
  expect(page.text()).toContain('没有符合条件的拦截或改单')
  await page
    .findAll('button')
    .find((one) => one.text() === '清除筛选')
    ?.trigger('click')
  await flushPromises()
  expect(page.text()).toContain('没有进行中的拦截或改单')
})

test('a list that could not be read says so', async () => {
  refusing = problem(403, '没有权限')
  await open()
  expect(page.text()).toContain('没有权限')
  expect(page.text()).toContain('重试')
})
