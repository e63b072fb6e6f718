import { expect, test } from 'vitest'
import { emptyForm, fenOf, instantOf, readForm } from './claimForm'

test('yuan become fen without rounding', () => {
  expect(['129', '129.5', '0.07', ' 19.99 '].map(fenOf)).toEqual([12_900, 12_950, 7, 1_999])
  expect(['', '-1', '1.234', '1e3', '１２', '12,9'].map(fenOf)).toEqual([null, null, null, null, null, null])
})

test('a moment that is typed is one in Shanghai', () => {
  expect(instantOf('2026-06-18T20:00')).toBe(1_781_784_000_000)
  expect(instantOf('today')).toBeNull()
})

test('a claim has only what its kind asks for', () => {
  const form = {
    ...emptyForm(),
    typed: { days: '90', price: '1', basis: 'x' },
    evidence: ' 订单 1 \n\n截图 2',
  }
  expect(readForm(form, 'p1').claim).toEqual({
    product: 'p1',
    kind: 'lowest_in_days',
    scope: 'live_room',
    numbers: { days: 90 },
    evidence: ['订单 1', '截图 2'],
  })
  const discount = {
    ...form,
    kind: 'discount' as const,
    typed: { price: '199', percent: '85', basis: '近 7 日成交价' },
  }
  expect(readForm(discount, 'p1').claim).toMatchObject({
    numbers: { price: 19_900, percent: 85 },
    basis: '近 7 日成交价',
  })
  expect(readForm({ ...form, kind: 'msrp', typed: {} }, 'p1').claim.numbers).toEqual({
    name: '厂商建议零售价',
  })
  expect(
    readForm({ ...form, kind: 'sales_count', typed: { quantity: '1000' }, atLeast: true }, 'p1').claim
      .numbers,
  ).toEqual({
    quantity: 1000,
    at_least: true,
  })
})

test('what cannot be read is told by its field and left out', () => {
  const form = { ...emptyForm(), kind: 'discount' as const, typed: { price: '一百', percent: '8.5' } }
  const { claim, faults } = readForm(form, 'p1')
  expect([...faults]).toEqual([
    ['price', 'money'],
    ['percent', 'whole'],
  ])
  expect(claim.numbers).toEqual({})
})
