import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { nextTick, shallowRef } from 'vue'
import type { Question } from '../../../stream/reduce'
import { inPage } from '../../../testing/mounting'
import { question } from '../../../testing/rooms'
import { QUESTIONS_SHOWN, useDesk } from './desk'

let leavePage = () => {}
afterEach(() => leavePage())

/** A desk with questions 1 to `count`, and a server whose answers the test gives. */
function deskWith(count: number) {
  const questions = shallowRef<Question[]>(Array.from({ length: count }, (_, i) => question(i + 1)))
  const sent: { question: number; text: string | null; answer: (accepted: boolean) => void }[] = []
  const send = (id: number, text: string | null) =>
    new Promise<boolean>((answer) => sent.push({ question: id, text, answer }))
  const desk = inPage(() => useDesk(() => questions.value, send))
  leavePage = desk.leavePage
  const close = async (...ids: number[]) => {
    questions.value = questions.value.map((one) =>
      ids.includes(one.id) ? { ...one, state: 'answered' as const } : one,
    )
    await nextTick()
  }
  const ids = () => desk.waiting.value.map((one) => one.id)
  return { desk, sent, close, ids, questions }
}

test('the first question is chosen, and the keys move within the list', () => {
  const { desk } = deskWith(3)
  expect(desk.selected.value).toBe(1)
  desk.move(-1)
  expect(desk.selected.value).toBe(1)
  desk.move(1)
  desk.move(1)
  desk.move(1)
  expect(desk.selected.value).toBe(3)
})

test('an answered question leaves the list at once, and the next one takes its place', async () => {
  const { desk, ids } = deskWith(3)
  desk.move(1)
  void desk.answer(2, null)
  await nextTick()
  expect(ids()).toEqual([1, 3])
  expect(desk.selected.value).toBe(3)
})

test('a selection stays on its question when others close above it', async () => {
  const { desk, close } = deskWith(4)
  desk.select(3)
  await close(1, 2)
  expect(desk.selected.value).toBe(3)
})

test('a refused answer comes back as a draft of its question', async () => {
  const { desk, sent, ids } = deskWith(2)
  desk.begin()
  void desk.answer(1, '48 小时内发货')
  await nextTick()
  expect(ids()).toEqual([2])
  sent[0]?.answer(false)
  await flushPromises()
  expect(ids()).toEqual([1, 2])
  expect(desk.drafts.get(1)).toBe('48 小时内发货')
})

test('what was typed for one question is still there after a look at another', () => {
  const { desk } = deskWith(2)
  desk.begin()
  desk.drafts.set(1, '可以用')
  desk.select(2)
  expect(desk.answering.value).toBe(false)
  desk.select(1)
  desk.begin()
  expect(desk.drafts.get(1)).toBe('可以用')
})

test('who types keeps the card when somebody else closes it, so that no key acts on the next one', async () => {
  const { desk, close, ids, questions } = deskWith(3)
  desk.select(2)
  desk.begin()
  await close(2)
  expect(desk.answering.value).toBe(true)
  expect(desk.selected.value).toBe(2)
  expect(ids()).toEqual([1, 2, 3])
  expect(desk.waiting.value[1]?.state).toBe('answered')
  // Also when so many were closed since that the server no longer sends it.
  questions.value = questions.value.filter((one) => one.id !== 2)
  await nextTick()
  expect(ids()).toEqual([1, 2, 3])

  desk.leave()
  await nextTick()
  expect(ids()).toEqual([1, 3])
  expect(desk.selected.value).toBe(3)
})

test('nothing is answered where nothing waits', async () => {
  const { desk, close } = deskWith(1)
  await close(1)
  expect(desk.selected.value).toBeNull()
  desk.begin()
  expect(desk.answering.value).toBe(false)
  desk.move(1)
  expect(desk.selected.value).toBeNull()
})

test('nothing is kept of questions that are over', async () => {
  const { desk, sent, close } = deskWith(3)
  desk.drafts.set(1, '草稿')
  void desk.answer(2, null)
  sent[0]?.answer(true)
  await close(1, 2)
  expect([...desk.drafts.keys()]).toEqual([])
})

test('a flood of questions shows only as many as can be read', () => {
  const { ids } = deskWith(QUESTIONS_SHOWN + 40)
  expect(ids()).toHaveLength(QUESTIONS_SHOWN)
  expect(ids()[0]).toBe(1)
})
