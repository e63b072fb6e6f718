import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import type { RoomView } from '../../stream/reduce'
import { inPage } from '../../testing/mounting'
import { roomView } from '../../testing/rooms'
import { useMoment } from './moment'

let leavePage = () => {}
afterEach(() => leavePage())

/** A review whose answers the test gives, in whatever order it likes. */
function review() {
  const asked: { at: number; answer: () => Promise<void>; fail: () => Promise<void> }[] = []
  const load = (at: number) =>
    new Promise<RoomView>((resolve, reject) => {
      const answer = async () => {
        resolve(roomView({ clock: at }))
        await flushPromises()
      }
      const fail = async () => {
        reject(new Error('unreachable'))
        await flushPromises()
      }
      asked.push({ at, answer, fail })
    })
  const moment = inPage(() => useMoment(load))
  leavePage = moment.leavePage
  return { moment, asked, times: () => asked.map((one) => one.at) }
}

test('the moment that is asked for is shown', async () => {
  const { moment, asked } = review()
  moment.show(1_000)
  expect(moment.behind.value).toBe(true)
  await asked[0]?.answer()
  expect(moment.view.value?.clock).toBe(1_000)
  expect(moment.behind.value).toBe(false)
})

test('dragging over a hundred moments asks for one at a time, and in the end for the last', async () => {
  const { moment, asked, times } = review()
  for (let at = 1; at <= 100; at += 1) moment.show(at)
  expect(times()).toEqual([1])
  await asked[0]?.answer()
  expect(times()).toEqual([1, 100])
  await asked[1]?.answer()
  expect(moment.view.value?.clock).toBe(100)
  expect(times()).toEqual([1, 100])
})

test('a server slower than the play still shows something, and never an older moment after a newer one', async () => {
  const { moment, asked } = review()
  const seen: number[] = []
  for (let step = 1; step <= 5; step += 1) {
    moment.show(step * 10)
    moment.show(step * 10 + 5)
    await asked.at(-1)?.answer()
    seen.push(moment.view.value?.clock ?? 0)
  }
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
  expect(new Set(seen).size).toBe(5)
})

test('the moment that is on the screen is not asked for again', async () => {
  const { moment, asked, times } = review()
  moment.show(1_000)
  await asked[0]?.answer()
  moment.show(1_000)
  expect(times()).toEqual([1_000])
})

test('a moment that does not come is said so, keeps the one before, and can be tried again', async () => {
  const { moment, asked, times } = review()
  moment.show(1)
  await asked[0]?.answer()
  moment.show(2)
  await asked[1]?.fail()
  expect(moment.failure.value).toBeInstanceOf(Error)
  expect(moment.view.value?.clock).toBe(1)
  expect(moment.behind.value).toBe(true)
  moment.retry()
  expect(times()).toEqual([1, 2, 2])
  await asked[2]?.answer()
  expect(moment.failure.value).toBeNull()
  expect(moment.view.value?.clock).toBe(2)
})

test('a failure does not hold up a newer wish', async () => {
  const { moment, asked, times } = review()
  moment.show(1)
  moment.show(2)
  await asked[0]?.fail()
  expect(times()).toEqual([1, 2])
  await asked[1]?.answer()
  expect(moment.failure.value).toBeNull()
  expect(moment.view.value?.clock).toBe(2)
})

test('a page that was left asks for nothing more', async () => {
  const { moment, asked, times } = review()
  moment.show(1)
  moment.show(2)
  leavePage()
  await asked[0]?.answer()
  expect(times()).toEqual([1])
})
