import { expect, test } from 'vitest'
import { mountIn } from '../../testing/mounting'
import { product } from '../../testing/rooms'
import ProductTable from './ProductTable.vue'

const PRODUCTS = [
  product('p-1', { exposures: 200, clicks: 10, orders_paid: 3, buyers: 2, gmv: 59_700, refunds: 19_900 }),
  product('p-2', { exposures: 100, clicks: 20, orders_paid: 1, buyers: 1, gmv: 12_900 }),
  product('p-3'),
]
const names = new Map([
  ['p-1', '纯棉四件套'],
  ['p-2', '洗衣液'],
])

function tableOf(products = PRODUCTS) {
  const table = mountIn(ProductTable, { props: { products, names, numbers: new Map([['p-1', 7]]) } })
  const rows = () =>
    table.findAll('[data-testid=product-row]').map((row) => row.findAll('th, td').map((cell) => cell.text()))
  return { table, rows }
}

test('products come by what they sold, with the name and number of the line-up', () => {
  const { rows } = tableOf()
  expect(rows()).toEqual([
    ['7 纯棉四件套', '200', '10', '5.00%', '3', '¥597.00', '¥199.00'],
    ['洗衣液', '100', '20', '20.0%', '1', '¥129.00', '¥0.00'],
    ['p-3', '0', '0', '—', '0', '¥0.00', '¥0.00'],
  ])
})

test('a click on a heading sorts by it and says so', async () => {
  const { table, rows } = tableOf()
  const heading = table.findAll('thead th').find((cell) => cell.text().startsWith('点击率'))
  await heading?.get('button').trigger('click')
  expect(heading?.attributes('aria-sort')).toBe('descending')
  expect(rows().map((row) => row[0])).toEqual(['洗衣液', '7 纯棉四件套', 'p-3'])
})

test('a search finds a product by a part of its name, and says when there is none', async () => {
  const { table, rows } = tableOf()
  await table.get('input').setValue('四件')
  expect(rows().map((row) => row[0])).toEqual(['7 纯棉四件套'])
  await table.get('input').setValue('没有这个')
  expect(table.text()).toContain('没有符合的商品')
  expect(tableOf([]).table.text()).toContain('还没有商品数据')
})
