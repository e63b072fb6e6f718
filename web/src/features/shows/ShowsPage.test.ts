import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Action } from '../../api/session'
import { mountIn } from '../../testing/mounting'
import { START, show } from '../../testing/rooms'
import { type Asked, fakeServer, problem } from '../../testing/server'
import ShowsPage from './ShowsPage.vue'

let page: VueWrapper
let asked: Asked[]
let list: { shows: ReturnType<typeof show>[]; next: string | null }
let failing: boolean
let hold: Promise<void> | undefined

beforeEach(() => {
  list = {
    shows: [show({ id: 'a', title: '周三日常' }), show({ id: 'b', title: '新品', status: 'planned' })],
    next: null,
  }
  failing = false
  hold = undefined
  asked = fakeServer(async ({ method }) => {
    if (failing) return problem(503, '数据库繁忙')
    if (method === 'POST') await hold
    return { status: 200, body: method === 'POST' ? show() : list }
  })
})
afterEach(() => {
  page.unmount()
  document.body.innerHTML = ''
  vi.useRealTimers()
})

async function open(permissions: Action[] = ['create_show', 'run_show', 'view_links']) {
  page = mountIn(ShowsPage, { permissions })
  await flushPromises()
}
const button = (name: string) => page.findAll('button').find((one) => one.text() === name)
const posts = () => asked.filter((one) => one.method === 'POST')
const gets = () => asked.filter((one) => one.method === 'GET').map((one) => one.path)

test('ending a show has to be confirmed', async () => {
  await open()
  await button('下播')?.trigger('click')
  await flushPromises()
  expect(posts()).toEqual([])
  expect(document.body.textContent).toContain('下播后不再接收事件')
  const confirm = [...document.querySelectorAll<HTMLElement>('.n-popconfirm__action button')].at(-1)
  confirm?.click()
  await flushPromises()
  expect(posts().map((one) => one.path)).toEqual(['/api/v1/shows/a/end'])
})

test('Enter pressed twice plans one show', async () => {
  await open()
  let answer = () => {}
  hold = new Promise((resolve) => {
    answer = resolve
  })
  await page.get('input[aria-label="标题"]').setValue('周四日常')
  await page.get('form').trigger('submit')
  await page.get('form').trigger('submit')
  answer()
  await flushPromises()
  expect(posts().map((one) => one.body)).toEqual([{ title: '周四日常', kind: 'daily' }])
})

test('what the server refuses is explained, and the title stays', async () => {
  await open()
  failing = true
  await page.get('input[aria-label="标题"]').setValue('周四日常')
  await page.get('form').trigger('submit')
  await flushPromises()
  expect(page.text()).toContain('数据库繁忙')
  expect(page.get<HTMLInputElement>('input[aria-label="标题"]').element.value).toBe('周四日常')
})

test('who may not run shows is offered neither opening nor ending', async () => {
  await open([])
  expect(page.text()).toContain('周三日常')
  for (const name of ['开播', '下播', '链接', '新建场次']) expect(button(name)).toBeUndefined()
})

test('every show leads to its pages', async () => {
  await open([])
  const links = page
    .findAll('li')[0]
    ?.findAll('a')
    .map((link) => link.attributes('href'))
  expect(links).toEqual(['', '/prompter', '/lineup', '/review'].map((path) => `/shows/a${path}`))
})

test('a search asks once the hand rests, and says when nothing matches', async () => {
  vi.useFakeTimers()
  await open()
  list = { shows: [], next: null }
  const before = gets().length
  for (const typed of ['新', '新品', '新品首发'])
    await page.get('input[aria-label="搜索标题"]').setValue(typed)
  await vi.advanceTimersByTimeAsync(300)
  await flushPromises()
  expect(gets().slice(before)).toHaveLength(1)
  expect(decodeURIComponent(gets().at(-1) ?? '')).toContain('search=新品首发')
  expect(page.text()).toContain('没有符合条件的场次')
})

test('an empty list tells what to do', async () => {
  list = { shows: [], next: null }
  await open()
  expect(page.text()).toContain('还没有场次，新建一场或导入录播。')
})

test('a list that cannot be read says so and can be asked for again', async () => {
  failing = true
  await open()
  expect(page.text()).toContain('数据库繁忙')
  failing = false
  await button('重试')?.trigger('click')
  await flushPromises()
  expect(page.text()).toContain('周三日常')
})

test('long lists have pages, forth and back', async () => {
  list.next = 'b'
  await open()
  await button('下一页')?.trigger('click')
  await flushPromises()
  expect(gets().at(-1)).toContain('after=b')
  await button('上一页')?.trigger('click')
  await flushPromises()
  expect(button('上一页')).toBeUndefined()
})

test('the status has a sign and a word, and made-up shows are called so', async () => {
  list.shows = [show({ synthetic: true, opened_at: START })]
  await open()
  expect(page.get('.state').text()).toBe('● 直播中')
  expect(page.text()).toContain('合成数据')
  expect(page.text()).toContain('2026/06/18 20:00')
})
