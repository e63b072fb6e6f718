import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer, problem } from '../../testing/server'
import AccountPage from './AccountPage.vue'

let page: VueWrapper
let asked: Asked[]
let refused: boolean

beforeEach(() => {
  refused = false
  asked = fakeServer(() => (refused ? problem(401, '姓名或密码不对') : { status: 200 }))
  page = mountIn(AccountPage)
})
afterEach(() => page.unmount())

async function save(current: string, password: string, again: string) {
  await page.get('input[aria-label="当前密码"]').setValue(current)
  await page.get('input[aria-label="新密码"]').setValue(password)
  await page.get('input[aria-label="再输一次新密码"]').setValue(again)
  await page.get('form').trigger('submit')
  await flushPromises()
}

test('a new password is sent with the present one, and nothing of them stays on the page', async () => {
  await save('the old password', 'a new password', 'a new password')
  expect(asked.map((one) => [one.method, one.path, one.body])).toEqual([
    ['PUT', '/api/v1/session/password', { current: 'the old password', password: 'a new password' }],
  ])
  expect(page.text()).toContain('新密码已生效')
  for (const input of page.findAll('input')) expect(input.element.value).toBe('')
})

test('who never set one leaves the present one out', async () => {
  await save('', 'a new password', 'a new password')
  expect(asked[0]?.body).toEqual({ current: null, password: 'a new password' })
})

test('two that differ are not sent', async () => {
  await save('', 'a new password', 'a new passwort')
  expect(asked).toEqual([])
  expect(page.text()).toContain('两次输入的新密码不一样')
})

test('a refusal is explained, and what was typed stays', async () => {
  refused = true
  await save('wrong', 'a new password', 'a new password')
  expect(page.text()).toContain('姓名或密码不对')
  expect(page.text()).not.toContain('新密码已生效')
  expect(page.get<HTMLInputElement>('input[aria-label="新密码"]').element.value).toBe('a new password')
})
