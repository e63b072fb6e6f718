import { expect, test } from 'vitest'
import { card, FIELDS, fact, listed } from '../../testing/catalogue'
import { closed, type GridRow, moved, pasteInto, rowName, rowsOf, spreadText, tabbed, textOf } from './grid'

const columns = ['cost_price', 'daily_price', 'live_price'].flatMap(
  (code) => FIELDS.find((one) => one.code === code) ?? [],
)
const [cost, daily, live] = columns as [(typeof columns)[0], (typeof columns)[0], (typeof columns)[0]]
const two = () => ['a', 'b'].flatMap((id) => rowsOf(listed(card(id, `商品${id}`)), card(id, `商品${id}`)))
const row = (rows: GridRow[], key: string) => rows.find((one) => one.key === key) as GridRow

test('a product stands before its SKUs in use, each with facts of its own', () => {
  const of = card('a', '纯棉T恤', {
    skus: [
      { id: 'a-s', position: 1, disabled: false },
      { id: 'a-m', position: 2, disabled: true },
    ],
  })
  const rows = rowsOf(listed(of), of)
  expect(rows.map((one) => [one.key, rowName(one)])).toEqual([
    ['a', '纯棉T恤'],
    ['a/a-s', 'S'],
  ])
  expect(textOf({ row: row(rows, 'a/a-s'), field: live })).toBe('59.00')
  // Of a SKU out of use nothing counts.
  expect(rows[0]?.spread.get('live_price')).toEqual([5_900])
})

test('a price that the SKUs have is edited there, one that they do not have on the product', () => {
  const rows = two()
  expect(closed({ row: row(rows, 'a'), field: live })).toBe('spread')
  expect(closed({ row: row(rows, 'a'), field: cost })).toBeNull()
  expect(closed({ row: row(rows, 'a/a-s'), field: live })).toBeNull()
})

test('what the SKUs have is told in short on the product, whatever kind it is', () => {
  const of = card('a', '纯棉T恤')
  const history = [{ at: 0, price: 9_900 }]
  for (const sku of ['a-s', 'a-m']) of.facts.push(fact('a', 'price_history', history, { sku }))
  const [product] = rowsOf(listed(of), of)
  expect(product?.spread.get('price_history')).toEqual([history])
  const told = (values: unknown[]) => spreadText(live, values)
  expect([told([5_900]), told([5_900, 6_900]), told([{ a: 1 }, { a: 2 }])]).toEqual([
    '¥59.00',
    '¥59.00–¥69.00',
    null,
  ])
})

test('what is on air is edited as far as no second person is needed', () => {
  const of = card('a', '纯棉T恤', { on_air: ['show-1'] })
  const sku = rowsOf(listed(of), of)[1] as GridRow
  expect(closed({ row: sku, field: live })).toBe('guarded')
  expect(closed({ row: sku, field: daily })).toBeNull()
})

test('a text of several lines is not edited where it would lose them', () => {
  const note = FIELDS.find((one) => one.code === 'note') as (typeof FIELDS)[0]
  const of = card('a', '纯棉T恤')
  of.facts.push(fact('a', 'note', '第一行\n第二行'))
  expect(closed({ row: rowsOf(listed(of), of)[0] as GridRow, field: note })).toBe('lines')
})

test('arrows stop at the edge, Tab goes on in the next row and out at the end', () => {
  expect(moved({ row: 0, column: 0 }, 'ArrowUp', 3, 2)).toEqual({ row: 0, column: 0 })
  expect(moved({ row: 2, column: 1 }, 'ArrowRight', 3, 2)).toEqual({ row: 2, column: 1 })
  expect(moved({ row: 0, column: 1 }, 'ArrowDown', 3, 2)).toEqual({ row: 1, column: 1 })
  expect(tabbed({ row: 0, column: 1 }, false, 3, 2)).toEqual({ row: 1, column: 0 })
  expect(tabbed({ row: 1, column: 0 }, true, 3, 2)).toEqual({ row: 0, column: 1 })
  expect(tabbed({ row: 2, column: 1 }, false, 3, 2)).toBeNull()
  expect(tabbed({ row: 0, column: 0 }, true, 3, 2)).toBeNull()
})

test('what is pasted onto a SKU goes to SKUs, over the products between them', () => {
  const rows = two()
  const pasted = pasteInto(rows, columns, { row: 1, column: 2 }, [['49'], ['59'], ['49.5']])
  expect(pasted.cells.map((cell) => [cell.row.key, cell.before, cell.after, cell.version])).toEqual([
    ['a/a-s', '59.00', '49', 3],
    ['a/a-m', '69.00', '59', 3],
    ['b/b-s', '59.00', '49.5', 3],
  ])
})

test('what stays the same is counted, what lies beyond the grid too', () => {
  const table = [
    ['59.00', '1'],
    ['69.00', '1'],
    ['59.00', '1'],
    ['69.00', '1'],
    ['1', '1'],
  ]
  const pasted = pasteInto(two(), columns, { row: 1, column: 2 }, table)
  expect(pasted).toMatchObject({ cells: [], same: 4, beyond: { rows: 1, columns: 1 } })
})

test('a cell that takes nothing is told by itself', () => {
  const rows = two()
  const table = [['六十', '-5', '—']]
  const onSku = pasteInto(rows, columns, { row: 1, column: 0 }, table)
  expect(onSku.cells.map((cell) => cell.fault)).toEqual(['number', 'negative', null])
  const onProduct = pasteInto(rows, columns, { row: 0, column: 0 }, [['10', '20', '30']])
  expect(onProduct.cells.map((cell) => cell.fault)).toEqual([null, 'spread', 'spread'])
})
