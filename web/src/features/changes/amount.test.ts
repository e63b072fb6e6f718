import { expect, test } from 'vitest'
import { differenceOf, fenOf } from './amount'

test.each([
  ['99', 9_900],
  ['99.9', 9_990],
  ['￥9,900.00', 990_000],
  ['２６８００００', 268_000_000],
  [' 0.01 ', 1],
])('%s yuan are %d fen', (typed, fen) => {
  expect(fenOf(typed)).toBe(fen)
})

test.each(['', '0', '0.00', '-5', '9.999', '12元', '1e3', '99.', '9999999999999'])(
  '"%s" is no amount',
  (typed) => {
    expect(fenOf(typed)).toBeNull()
  },
)

test('a difference is told in times when it is large, and as a share when it is not', () => {
  expect(differenceOf(26_800_000, 268_000_000)).toEqual({ times: 10 })
  expect(differenceOf(9_900, 12_900)).toEqual({ share: (9_900 - 12_900) / 12_900 })
})
