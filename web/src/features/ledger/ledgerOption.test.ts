import { expect, test } from 'vitest'
import { ledgerOption } from './ledgerOption'

const words = { asked: '标价', paidLow: '最低', paidHigh: '最高' }
const series = {
  asked: [{ at: 1_000, fen: 9_900 }],
  paid: [{ day: 0, low: 8_900, high: 9_900, payments: 2 }],
}

test('a price that is asked holds until now, and days are drawn at noon', () => {
  const [asked, low, high] = ledgerOption(series, null, words, 5_000).series
  expect(asked?.data).toEqual([
    [1_000, 99],
    [5_000, 99],
  ])
  expect([low?.data, high?.data]).toEqual([[[43_200_000, 89]], [[43_200_000, 99]]])
  expect(asked).not.toHaveProperty('markLine')
})

test('the highest reference that is allowed is a line of its own', () => {
  const [asked] = ledgerOption(series, 8_900, words, 5_000).series
  expect(asked).toHaveProperty('markLine.data', [{ yAxis: 89 }])
})
