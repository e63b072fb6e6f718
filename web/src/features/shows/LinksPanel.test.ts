import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Action } from '../../api/session'
import { mountIn } from '../../testing/mounting'
import { START } from '../../testing/rooms'
import { type Asked, fakeServer } from '../../testing/server'
import LinksPanel from './LinksPanel.vue'

let panel: VueWrapper
let asked: Asked[]
const link = (id: string, revoked_at: number | null = null) => ({
  id,
  kind: 'prompter',
  name: `主播台${id}`,
  created_at: START,
  revoked_at,
})

beforeEach(() => {
  asked = fakeServer(({ method, path }) => {
    if (method === 'GET') return { status: 200, body: { links: [link('1'), link('2', START)] } }
    if (path.endsWith('/links'))
      return { status: 201, body: { link: link('3'), token: 'secret', url: '/screen/prompter#secret' } }
    return { status: 200, body: link('1', START) }
  })
})
afterEach(() => {
  panel.unmount()
  document.body.innerHTML = ''
})

async function open(permissions: Action[] = ['manage_links']) {
  panel = mountIn(LinksPanel, { props: { show: 'show-1' }, permissions })
  await flushPromises()
}
const button = (name: string) => panel.findAll('button').find((one) => one.text() === name)
const posts = () => asked.filter((one) => one.method === 'POST').map((one) => one.path)

test('revoking a link has to be confirmed', async () => {
  await open()
  await button('作废')?.trigger('click')
  await flushPromises()
  expect(posts()).toEqual([])
  expect(document.body.textContent).toContain('作废后持有人立即失效')
  ;[...document.querySelectorAll<HTMLElement>('.n-popconfirm__action button')].at(-1)?.click()
  await flushPromises()
  expect(posts()).toEqual(['/api/v1/links/1/revoke'])
})

test('a link that was made is shown in full, once', async () => {
  await open()
  await panel.get('form').trigger('submit')
  await flushPromises()
  expect(panel.get('code').text()).toBe(`${location.origin}/screen/prompter#secret`)
  expect(panel.text()).toContain('链接只显示这一次')
})

test('a revoked link stays in the list and says since when', async () => {
  await open()
  expect(panel.text()).toContain('✕ 已作废 2026/06/18 20:00')
  expect(panel.findAll('button').filter((one) => one.text() === '作废')).toHaveLength(1)
})

test('who may only look can neither make nor revoke links', async () => {
  await open(['view_links'])
  expect(panel.text()).toContain('主播台1')
  expect(panel.findAll('button')).toHaveLength(0)
})
