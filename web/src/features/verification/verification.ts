import type { Schemas } from '../../api/client'

export type Card = Schemas['OrderCard']
export type Finding = Schemas['OrderFinding']

export const KINDS = [
  'address',
  'phone',
  'name',
  'sku',
  'price',
  'gift',
  'limit',
  'duplicate',
  'said',
  'second_check',
] as const satisfies readonly Schemas['FindingKind'][]

/** Lists of the queue: where the check of an order stands, and the sample of second checks. */
export const LISTS = ['waiting', 'asked', 'sample', 'decided', 'passed', 'cancelled'] as const
export type List = (typeof LISTS)[number]

/** What can become of a difference in price. */
export const SETTLEMENTS = [
  'refund',
  'pay',
  'waive',
] as const satisfies readonly Schemas['DifferenceSettlement'][]

/** With what the fixes of a card can be accepted that cost more or less: nothing goes back of what costs more. */
export function settlementsOf(card: Pick<Card, 'costs_more_fen' | 'findings'>) {
  const fen = card.costs_more_fen ?? 0
  const whole = card.findings.every((one) => one.disposition !== 'person' || one.fix != null)
  if (fen === 0 || !whole) return []
  return fen < 0 ? (['refund'] as const) : (['pay', 'waive'] as const)
}

/** Parts of a recipient in which something can differ, from the largest place to the number. */
export const PARTS = ['province', 'city', 'county', 'town', 'phone'] as const

export interface PartOfMap {
  part: (typeof PARTS)[number]
  /** As it was written; null where it was missing. */
  written: string | null
  /** As it is read; null where nothing changes. */
  read: string | null
}

/** All parts in their order, each with what changes of it, so that what stays the same is seen as well. */
export function mapOf(card: Pick<Card, 'difference'>): PartOfMap[] {
  return PARTS.map((part) => {
    const change = card.difference.find((one) => one.part === part)
    return { part, written: change?.written ?? null, read: change?.read ?? null }
  })
}

export interface GoodsChange {
  /** The line that is changed; null for what is put in. */
  line: string | null
  from: string | null
  to: string
  quantity: number
}

/** What the fixes of a card do to its lines: another SKU, or a gift that is put in. */
export function goodsChanges(card: Card): GoodsChange[] {
  return card.findings.flatMap((finding): GoodsChange[] => {
    const fix = finding.fix
    if (!fix) return []
    if (fix.of === 'line') {
      const line = card.order.lines.find((one) => (one.id ?? one.sku) === fix.line)
      return [{ line: fix.line, from: line?.sku ?? fix.line, to: fix.sku, quantity: line?.quantity ?? 1 }]
    }
    if (fix.of === 'gift') return [{ line: null, from: null, to: fix.sku, quantity: fix.quantity }]
    return []
  })
}

/** Kinds about which a person is asked, each once. */
export const askedKinds = (card: Pick<Card, 'findings'>) => [
  ...new Set(card.findings.filter((one) => one.disposition === 'person').map((one) => one.kind)),
]

/** The card to go on with when this one is gone: the next, else the one before. */
export function following(cards: Pick<Card, 'order'>[], gone: string): string | null {
  const place = cards.findIndex((one) => one.order.id === gone)
  return (cards[place + 1] ?? cards[place - 1])?.order.id ?? null
}
