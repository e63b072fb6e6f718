import { expect, test } from 'vitest'
import { card, START } from '../../testing/rooms'
import { stepLevel, waitingCues } from './levels'

test('the host sees the most urgent cue first, and of equals the oldest', () => {
  const cards = [
    card('green', { level: 'green', at: START }),
    card('late-red', { level: 'red', at: START + 9 }),
    card('red', { level: 'red', at: START + 5 }),
    card('yellow', { level: 'yellow', at: START + 1 }),
    card('seen', { level: 'red', acknowledged_at: START }),
  ]
  expect(waitingCues(cards).map((one) => one.id)).toEqual(['red', 'late-red', 'yellow', 'green'])
})

test('the levels go round', () => {
  expect(stepLevel('red', 1)).toBe('yellow')
  expect(stepLevel('red', -1)).toBe('green')
  expect(stepLevel('green', 1)).toBe('red')
})
