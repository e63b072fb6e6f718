import { afterEach, expect, test, vi } from 'vitest'
import { inPage } from '../testing/mounting'
import { hearServer, useNow } from './serverClock'

afterEach(() => {
  hearServer(new Date(Date.now()).toUTCString())
  vi.useRealTimers()
})

test('a machine whose clock is wrong counts by the server', () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 5, 18, 12, 0, 0) })
  hearServer('Thu, 18 Jun 2026 12:05:00 GMT')
  const clock = inPage(() => ({ now: useNow() }))
  expect(clock.now.value).toBe(Date.UTC(2026, 5, 18, 12, 5, 0, 500))
  vi.advanceTimersByTime(3_000)
  expect(clock.now.value).toBe(Date.UTC(2026, 5, 18, 12, 5, 3, 500))
  clock.leavePage()
})

test('the way of an answer is no wrong clock, and an answer without a time says nothing', () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 5, 18, 12, 0, 0) })
  hearServer('Thu, 18 Jun 2026 12:00:01 GMT')
  hearServer(null)
  hearServer('yesterday')
  const clock = inPage(() => ({ now: useNow() }))
  expect(clock.now.value).toBe(Date.UTC(2026, 5, 18, 12, 0, 0))
  clock.leavePage()
})
