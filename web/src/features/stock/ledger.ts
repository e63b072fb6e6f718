import type { Schemas } from '../../api/client'

export type StockLine = Schemas['StockLine']
export type MovementKind = Schemas['MovementKind']
export type MovementReason = Schemas['MovementReason']

/** The parts that make up what is stocked, in the order of the bar. */
export const PARTS = ['available', 'reserved', 'sold', 'buffer'] as const

/** What a person records by hand; reservations and sales come from orders. */
export const BY_HAND = [
  'received',
  'counted',
  'adjusted',
  'written_off',
  'returned',
  'locked',
  'released',
  'buffer_set',
  'buffer_share_set',
] as const satisfies readonly MovementKind[]

/** Reasons from which a person chooses; the server knows the same. */
export const REASONS: Record<(typeof BY_HAND)[number], MovementReason[]> = {
  received: ['purchase', 'opening', 'transfer'],
  counted: ['stocktake'],
  adjusted: ['correction', 'missing', 'transfer'],
  written_off: ['damaged', 'past_date', 'sample', 'missing'],
  returned: ['customer_return', 'intercepted', 'order_cancelled', 'correction'],
  locked: ['plan', 'show', 'shortage'],
  released: ['plan', 'show', 'shortage'],
  buffer_set: ['plan', 'shortage'],
  buffer_share_set: ['plan', 'shortage'],
}

/** Widths of the bar's parts in percent; nothing stocked is an empty bar. */
export function widths(line: StockLine): Record<(typeof PARTS)[number], number> {
  const share = (units: number) => (line.stocked > 0 ? (units / line.stocked) * 100 : 0)
  return {
    available: share(line.available),
    reserved: share(line.reserved),
    sold: share(line.sold),
    buffer: share(line.buffer),
  }
}
