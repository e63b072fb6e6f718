import { expect, test } from 'vitest'
import { proposed } from '../../testing/lineups'
import { type Assumptions, learn } from './assumptions'
import { USUAL_LIMITS, type Wishes } from './wishes'

const NOTHING: Assumptions = { products: new Map() }
const wishes = (minutes: number | null = null): Wishes => ({ minutes, products: {}, limits: USUAL_LIMITS })

test('an answer tells what is assumed and what that rests on', () => {
  const known = learn(NOTHING, wishes(), proposed(['p-1']))
  expect(known.minutes?.value).toBe(120)
  expect(known.products.get('p-1')?.minutes).toEqual({ value: 5, basis: { from: 'assumed' } })
  expect(known.products.get('p-1')?.role?.value).toBe('profit')
})

test('what was said is no assumption; the one from before holds again when it is taken back', () => {
  const before = learn(NOTHING, wishes(), proposed(['p-1']))
  const answer = proposed(['p-1'])
  const [plan, basis] = [answer.assumed.plan.products[0], answer.assumed.products[0]]
  if (plan && basis) {
    plan.minutes = 9
    basis.minutes = { from: 'said' }
    plan.margin = 700
    basis.margin = { from: 'past_shows', shows: 2 }
  }
  const after = learn(before, wishes(60), answer)
  expect(after.products.get('p-1')?.minutes?.value).toBe(5)
  expect(after.products.get('p-1')?.margin).toEqual({ value: 700, basis: { from: 'past_shows', shows: 2 } })
  expect(after.minutes?.value).toBe(120)
})
