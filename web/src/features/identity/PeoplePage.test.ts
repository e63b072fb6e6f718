import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Action } from '../../api/session'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer } from '../../testing/server'
import PeoplePage from './PeoplePage.vue'

let page: VueWrapper
let asked: Asked[]

beforeEach(() => {
  const people = [
    { id: '1', name: 'Lin 场控', hats: ['floor_director'], disabled: false },
    { id: '2', name: '小周', hats: ['customer_service'], disabled: false },
    { id: '3', name: '老王', hats: ['warehouse'], disabled: true },
  ]
  asked = fakeServer(({ method, path }) => {
    if (path.endsWith('/link')) return { status: 201, body: { link: '/enter#new' } }
    return { status: 200, body: method === 'GET' ? { people } : people[0] }
  })
})
afterEach(() => {
  page.unmount()
  document.body.innerHTML = ''
})

async function open(permissions: Action[] = ['manage_people']) {
  page = mountIn(PeoplePage, { permissions })
  await flushPromises()
}
async function press(name: string) {
  await page
    .findAll('li button')
    .find((one) => one.text() === name)
    ?.trigger('click')
  await flushPromises()
}
async function confirm() {
  ;[...document.querySelectorAll<HTMLElement>('.n-popconfirm__action button')].at(-1)?.click()
  await flushPromises()
}
const names = () => page.findAll('.name').map((one) => one.text())
const posts = () => asked.filter((one) => one.method === 'POST').map((one) => one.path)

test('closing an account has to be confirmed', async () => {
  await open()
  await press('停用')
  expect(posts()).toEqual([])
  expect(document.body.textContent).toContain('停用后立即退出登录')
  await confirm()
  expect(posts()).toEqual(['/api/v1/people/1/disable'])
})

test('who lost the link gets a new one, which is shown once', async () => {
  await open()
  await press('重发登录链接')
  expect(posts()).toEqual([])
  await confirm()
  expect(posts()).toEqual(['/api/v1/people/1/link'])
  expect(page.get('code').text()).toBe(`${location.origin}/enter#new`)
})

test('people are found by name, whatever the case, and by hat', async () => {
  await open()
  const search = page.get('input[aria-label="搜索姓名或岗位"]')
  await search.setValue('lin')
  expect(names()).toEqual(['Lin 场控'])
  await search.setValue('客服')
  expect(names()).toEqual(['小周'])
  await search.setValue('没有这个人')
  expect(page.text()).toContain('没有符合条件的成员')
})

test('a closed account stays in the list and says so', async () => {
  await open()
  expect(page.findAll('li')[2]?.text()).toContain('✕ 已停用')
  expect(page.findAll('li')[2]?.find('button').exists()).toBe(false)
})

test('who may only look can neither add nor close', async () => {
  await open(['view_people'])
  expect(names()).toHaveLength(3)
  expect(page.find('form').exists()).toBe(false)
  expect(page.findAll('li button')).toHaveLength(0)
})
