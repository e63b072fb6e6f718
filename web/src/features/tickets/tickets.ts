import type { Schemas } from '../../api/client'

export type Ticket = Schemas['Ticket']
export type TicketDetail = Schemas['TicketWithRecord']
export type TicketState = Schemas['TicketState']

export const KINDS = [
  'address_change',
  'spec_change',
  'intercept',
  'hurry_up',
  'missing',
  'wrong_item',
  'damaged',
  'quality',
  'not_as_described',
  'gift_missing',
  'price_protection',
  'refund_unshipped',
  'refund_shipped',
  'goods_return',
  'exchange',
  'logistics',
  'rejected',
  'invoice',
  'discount_missing',
  'price_dispute',
  'injury',
  'regulator',
  'minor',
  'privacy_erasure',
  'other',
] as const satisfies readonly Schemas['TicketKind'][]

export const CAUSES = [
  'buyer_mistake',
  'changed_mind',
  'wrong_words',
  'wrong_listing',
  'wrong_offer',
  'oversold',
  'warehouse_mistake',
  'shipped_late',
  'bad_packaging',
  'carrier',
  'faulty',
  'harm',
  'platform',
  'duplicate',
  'not_after_sale',
  'other',
] as const satisfies readonly Schemas['TicketCause'][]

/** Hats whose turn it can be. */
export const POSTS = [
  'customer_service',
  'operations',
  'warehouse',
  'finance',
  'compliance',
  'merchandiser',
] as const satisfies readonly Schemas['Hat'][]

/** This much of a clock is left, or less: it is shown as running out. */
const SOON_MS = 2 * 60_000

export type ClockTone = 'calm' | 'soon' | 'late'

/** How a clock stands that ends at `due`. */
export function clockTone(due: number, now: number): ClockTone {
  const left = due - now
  return left <= 0 ? 'late' : left <= SOON_MS ? 'soon' : 'calm'
}

/** Shares in percent; null where there is nothing to make a share of. */
export const share = (part: number, of: number) => (of > 0 ? part / of : null)

/** The show and the sequence that a record names as `show#sequence`. */
export function roomEvent(event: string | null | undefined): { show: string; sequence: number } | null {
  const [show, sequence] = (event ?? '').split('#')
  return show && sequence ? { show, sequence: Number(sequence) } : null
}
