import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import * as files from '../../csv'
import { mountIn } from '../../testing/mounting'
import { BOUGHT, reservation } from '../../testing/orders'
import { fakeServer } from '../../testing/server'
import HoldsPage from './HoldsPage.vue'
import { board, bySku, ending, taken } from './holds'
import type { StockLine } from './ledger'

const line = (sku: string, available: number): StockLine => ({
  sku,
  stocked: 10,
  available,
  reserved: 3,
  sold: 7 - available,
  buffer: 0,
  buffer_percent: 0,
  locked: 0,
  shown: available,
  low: false,
  differing: false,
  version: 1,
  at: BOUGHT,
  product: null,
  product_name: null,
  fact: null,
})
const open = [
  reservation('o-1', 'held', [['a', 2]], { expires_at: BOUGHT + 60_000 }),
  reservation('o-2', 'held', [
    ['a', 1],
    ['b', 1],
  ]),
  reservation('o-3', 'waiting', [['b', 4]], { paid: true }),
  reservation('o-4', 'open', [['a', 9]], { expires_at: BOUGHT + 5_000 }),
]
afterEach(() => {
  document.body.innerHTML = ''
})

test('units are summed by SKU; what is taken on payment is not held yet', () => {
  const sums = bySku(open)
  expect(sums.get('a')).toEqual({ held: 3, holds: 2, waiting: 0, waiters: 0, soonest: BOUGHT + 60_000 })
  expect(sums.get('b')).toMatchObject({ held: 1, waiting: 4, waiters: 1 })
})

test('what somebody waits for stands first, then what ends soonest', () => {
  const lines = [line('a', 4), line('b', 0), line('c', 1)]
  expect(board(lines, open).map((one) => one.line.sku)).toEqual(['b', 'a', 'c'])
  expect(ending(open).map((one) => one.order)).toEqual(['o-1', 'o-2'])
})

test('units are counted of the SKU itself, not of one whose name contains it', async () => {
  fakeServer(({ path }) => {
    const reservations = path.includes('status=paid')
      ? [
          reservation('o-1', 'paid', [
            ['tee', 2],
            ['tee-L', 5],
          ]),
          reservation('tee', 'paid', [['cup', 1]]),
        ]
      : [reservation('o-2', 'picked', [['tee', 1]])]
    return { status: 200, body: { reservations, next: null, at: BOUGHT } }
  })
  expect(await taken('tee')).toEqual({ paid: 2, picked: 1, more: false })
})

test('the board shows who waits for a SKU, in the order of service', async () => {
  fakeServer(({ path }) => {
    if (path.includes('/waitlist'))
      return {
        status: 200,
        body: {
          sku: 'b',
          shown: 0,
          waiting: 2,
          units: 6,
          first: [
            { order: 'o-3', units: 4, paid: true, made_at: BOUGHT, parts: [{ sku: 'b', quantity: 4 }] },
            {
              order: 'o-9',
              units: 2,
              paid: false,
              made_at: BOUGHT,
              parts: [
                { sku: 'b', quantity: 2 },
                { sku: 'a', quantity: 1 },
              ],
            },
          ],
        },
      }
    if (path.startsWith('/api/v1/stock'))
      return { status: 200, body: { stocks: [line('a', 4), line('b', 0)], next: null, at: BOUGHT } }
    const reservations = path.includes('unsettled') ? open : []
    return { status: 200, body: { reservations, next: null, at: BOUGHT } }
  })
  const saved = vi.spyOn(files, 'saveCsv').mockImplementation(() => {})
  const page = mountIn(HoldsPage, { permissions: ['view_stock', 'export_data'] })
  await flushPromises()
  expect(page.findAll('[data-testid=board-line]')[0]?.text()).toContain('1 单')
  await page.find('[data-testid=board-line] button').trigger('click')
  await flushPromises()
  const waiters = page.findAll('[data-testid=waiter]').map((one) => one.text())
  expect(waiters[0]).toContain('o-3')
  expect(waiters[0]).toContain('已付款')
  expect(waiters[1]).toContain('要一起：b ×2 + a ×1')
  await page.find('input[aria-label^="搜规格"]').setValue('b')
  await page.find('[data-testid=export]').trigger('click')
  const [name, rows] = saved.mock.calls[0] ?? []
  expect(name).toBe('holds.csv')
  expect(rows?.slice(1).map((row) => row[0])).toEqual(['b'])
  page.unmount()
})
