import { expect, test } from 'vitest'
import { item, orderRow, proposed } from '../../testing/lineups'
import { arranged, proposedOrder, withoutPlace } from './arrangement'

const ITEMS = [1, 2, 3, 4, 5].map((n) => item(n))

test('no product is lost, and none that is gone comes back', () => {
  expect(arranged(ITEMS, ['p-4', 'p-9', 'p-2'])).toEqual(['p-4', 'p-2', 'p-1', 'p-3', 'p-5'])
})

test('what was shown stays before the rows, and what has no place comes last', () => {
  const rows = [orderRow('p-5', 20), orderRow('p-1', 25)]
  const proposal = proposed([], { rows, left_out: ['p-2'] }, { from: 20, shown: ['p-4', 'p-3'] })
  expect(proposedOrder(ITEMS, proposal)).toEqual(['p-3', 'p-4', 'p-5', 'p-1', 'p-2'])
})

test('a product of which the server says nothing is without a place, a broken one is told apart', () => {
  const proposal = proposed([], { rows: [orderRow('p-1', 0)], broken: ['p-3'], left_out: ['p-4'] })
  expect(withoutPlace(ITEMS, { ...proposal, shown: ['p-2'] })).toEqual(['p-4', 'p-5'])
})
