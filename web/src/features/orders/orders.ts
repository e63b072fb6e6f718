import type { Schemas } from '../../api/client'

export type Order = Schemas['Order']
export type OrderState = Schemas['OrderState']
export type OrderDetail = Schemas['OrderWithPromise']
export type PromisedFact = Schemas['OrderFact']

export const STATES = [
  'created',
  'paid',
  'shipped',
  'completed',
  'closed',
  'refunded',
] as const satisfies readonly OrderState[]

/** What became of an order and when, in the order in which it happened. */
export function moments(order: Order): { state: OrderState; at: number }[] {
  const known = [
    { state: 'created', at: order.bought_at },
    { state: 'paid', at: order.paid_at },
    { state: 'shipped', at: order.shipped_at },
    { state: 'completed', at: order.completed_at },
    { state: 'closed', at: order.closed_at },
    { state: 'refunded', at: order.refunded_at },
  ] as const
  return known
    .flatMap(({ state, at }) => (at == null ? [] : [{ state, at }]))
    .sort((a, b) => a.at - b.at || STATES.indexOf(a.state) - STATES.indexOf(b.state))
}

/** How a promised fact is to be read; those of other fields are shown as they are. */
export const KINDS: Record<string, Schemas['FieldDefinition']['kind']> = {
  live_price: 'money',
  gifts: 'gifts',
  guarantees: 'texts',
}
