import { afterEach, expect, test } from 'vitest'
import { setLanguage } from '../i18n'
import { fakeServer } from '../testing/server'
import { answer, api, explain, newId, ProblemError, problemOf, refused } from './client'

afterEach(() => setLanguage('zh-CN'))

test('an error names each wrong field, what was expected and what stood there', async () => {
  fakeServer(() => ({
    status: 422,
    body: {
      type: '/problems/invalid',
      code: 'invalid',
      title: '有些内容不符合要求',
      status: 422,
      detail: '共 1 处有误，未做任何更改。',
      errors: [{ field: 'password', expected: '至少 8 个字符', found: '5' }],
    },
  }))
  const error = await answer(api.GET('/api/v1/session')).catch((problem: unknown) => problem)
  expect(error).toBeInstanceOf(ProblemError)
  expect(explain(error)).toBe(
    '有些内容不符合要求 · 共 1 处有误，未做任何更改。 · password: 至少 8 个字符 (5)',
  )
})

test('a server that cannot be reached is told in the language of the crew, not of the browser', async () => {
  fakeServer(() => 'unreachable')
  const error = await answer(api.GET('/api/v1/session')).catch((problem: unknown) => problem)
  expect(explain(error)).toContain('连不上服务器')
  setLanguage('en')
  expect(explain(error)).toContain('cannot be reached')
})

test('an answer of something in between, that knows no problems, is still explained', () => {
  const response = new Response('<h1>Bad Gateway</h1>', { status: 502 })
  expect(explain(new ProblemError(problemOf('<h1>Bad Gateway</h1>', response)))).toBe('HTTP 502')
  expect(explain(new ProblemError(problemOf(undefined, response)))).toBe('HTTP 502')
})

test('a refusal is final, a busy or unreachable server is not', () => {
  const of = (status: number) => new ProblemError(problemOf({}, new Response('', { status })))
  expect([401, 403, 404, 422].map((status) => refused(of(status)))).toEqual([true, true, true, true])
  expect(refused(of(503))).toBe(false)
  expect(refused(new TypeError('Failed to fetch'))).toBe(false)
})

test('no two ids are the same, and each is 128 bits', () => {
  const ids = Array.from({ length: 1_000 }, newId)
  expect(new Set(ids).size).toBe(1_000)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
})
