import type { Proposed } from '../features/lineup/assumptions'
import type { Item } from '../features/live/lineup'

export const item = (n: number, name = `商品${n}`, price = n * 1_000): Item => ({
  position: n,
  product: { id: `p-${n}`, link_number: n, name, price_fen: price },
})

type Row = Proposed['ordered']['rows'][number]
export const orderRow = (product: string, from: number, known: Partial<Row> = {}): Row => ({
  product,
  from,
  to: from + 5,
  contribution: 10_000,
  orders: 2.5,
  reasons: ['best_place'],
  ...known,
})

/** A proposal for products of which nothing is known. */
export function proposed(
  products: string[],
  ordered: Partial<Proposed['ordered']> = {},
  known: Partial<Proposed> = {},
): Proposed {
  return {
    assumed: {
      audience: { from: 'assumed' },
      plan: {
        audience: Array.from({ length: 120 }, () => 1_000),
        products: products.map((id) => ({
          id,
          role: 'profit',
          price: 1_000,
          margin: 300,
          minutes: 5,
          orders_per_viewer: 0.002,
        })),
      },
      products: products.map((product) => ({
        product,
        role: { from: 'assumed' },
        minutes: { from: 'assumed' },
        margin: { from: 'assumed' },
        orders_per_viewer: { from: 'assumed' },
      })),
    },
    from: null,
    shown: [],
    ordered: {
      rows: products.map((product, place) => orderRow(product, place * 5)),
      left_out: [],
      broken: [],
      contribution: 1_234_500,
      bound: 1_240_000,
      gap: 0.0044,
      ...ordered,
    },
    ...known,
  }
}
