import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test } from 'vitest'
import { type Asked, fakeServer, problem } from '../testing/server'
import { useSession } from './session'

const ME = {
  person: { id: 'p', name: '一一' },
  hats: ['assistant'],
  permissions: ['take_note'],
  version: '1',
}
type Answer = { status: number; body?: unknown } | 'unreachable'
let next: Answer
let asked: Asked[]

beforeEach(() => {
  setActivePinia(createPinia())
  next = { status: 200, body: ME }
  asked = fakeServer(() => next)
})

test('the server is asked once who is signed in, and what they may do', async () => {
  const session = useSession()
  await session.load()
  await session.load()
  expect(asked).toHaveLength(1)
  expect(session.me?.person.name).toBe('一一')
  expect(session.may('take_note')).toBe(true)
  expect(session.may('run_show')).toBe(false)
})

test('nobody is signed in when the server says so, which is no error', async () => {
  next = problem(401, '请先登录')
  const session = useSession()
  await session.load()
  expect(session.me).toBeNull()
  expect(session.may('take_note')).toBe(false)
})

test('a server that cannot be reached does not sign anybody out', async () => {
  const session = useSession()
  next = 'unreachable'
  await expect(session.load()).rejects.toThrow()
  next = { status: 200, body: ME }
  await session.load()
  expect(session.me?.person.id).toBe('p')
})

test('signing out counts only once the server has done it', async () => {
  const session = useSession()
  await session.load()
  next = 'unreachable'
  await expect(session.leave()).rejects.toThrow()
  expect(session.me).not.toBeNull()
  next = { status: 204 }
  await session.leave()
  expect(session.me).toBeNull()
})
