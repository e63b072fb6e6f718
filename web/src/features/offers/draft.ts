import type { Schemas } from '../../api/client'

export type Promotion = Schemas['Promotion']
export type Rule = Promotion['rule']
export type Kind = Rule['kind']
export const KINDS: Kind[] = [
  'item_price',
  'item_percent',
  'full_reduction',
  'quantity_discount',
  'coupon',
  'platform_coupon',
  'payment',
  'gift',
  'free_shipping',
]
export const PRICES = ['live', 'member', 'flash'] as const
export const AUDIENCES = ['everyone', 'members', 'new_customers', 'followers'] as const

/** A promotion as it is typed: amounts in yuan, nothing parsed yet. */
export interface Draft {
  id: string
  name: string
  kind: Kind
  price: (typeof PRICES)[number]
  amount: string
  threshold: string
  cap: string
  percent: string
  by: 'amount' | 'percent'
  every: boolean
  quantity: string
  bears: string
  gift: string
  products: string[]
  audience: (typeof AUDIENCES)[number]
  limit: string
  stock: string
  group: string
  from: string
  to: string
}

const SHANGHAI_MS = 8 * 3_600_000
/** A moment as a field for date and time has it, in Shanghai. */
export const toField = (ms: number) => new Date(ms + SHANGHAI_MS).toISOString().slice(0, 16)
export const fromField = (text: string) => Date.parse(`${text}:00+08:00`)

export function emptyDraft(now: number): Draft {
  return {
    id: 'draft',
    name: '',
    kind: 'coupon',
    price: 'live',
    amount: '',
    threshold: '',
    cap: '',
    percent: '',
    by: 'amount',
    every: false,
    quantity: '',
    bears: '100',
    gift: '',
    products: [],
    audience: 'everyone',
    limit: '',
    stock: '',
    group: '',
    from: toField(now),
    to: toField(now + 24 * 3_600_000),
  }
}

/** What people type into a field of digits: full-width digits, separators and 万 are understood. */
export function parseNumber(text: string): number | undefined {
  const plain = text.normalize('NFKC').replace(/[,\s¥元]/g, '')
  const match = /^(-?\d+(?:\.\d+)?)(万)?$/.exec(plain)
  return match ? Number(match[1]) * (match[2] ? 10_000 : 1) : undefined
}

/** Yuan as typed in fen; nothing if it is no amount of whole fen. */
export function parseFen(text: string): number | undefined {
  const yuan = parseNumber(text)
  if (yuan === undefined) return undefined
  const fen = Math.round(yuan * 100)
  return Math.abs(fen - yuan * 100) < 1e-6 ? fen : undefined
}

const fenOf = (text: string) => parseFen(text) ?? 0
const numberOf = (text: string) => Math.trunc(parseNumber(text) ?? 0)
const optional = (text: string, read: (text: string) => number) => (text.trim() ? read(text) : undefined)

function ruleOf(draft: Draft): Rule {
  const threshold_fen = fenOf(draft.threshold)
  const pays_percent = numberOf(draft.percent)
  const cap_fen = optional(draft.cap, fenOf)
  const off =
    draft.by === 'amount'
      ? { by: 'amount' as const, off_fen: fenOf(draft.amount) }
      : { by: 'percent' as const, pays_percent, cap_fen }
  switch (draft.kind) {
    case 'item_price':
      return { kind: 'item_price', price: draft.price, price_fen: fenOf(draft.amount) }
    case 'item_percent':
      return { kind: 'item_percent', pays_percent }
    case 'full_reduction':
      return {
        kind: 'full_reduction',
        threshold_fen,
        off_fen: fenOf(draft.amount),
        every_step: draft.every,
        cap_fen,
      }
    case 'quantity_discount':
      return { kind: 'quantity_discount', quantity: numberOf(draft.quantity), pays_percent }
    case 'coupon':
      return { kind: 'coupon', threshold_fen, off }
    case 'platform_coupon':
      return { kind: 'platform_coupon', threshold_fen, off, shop_bears_percent: numberOf(draft.bears) }
    case 'payment':
      return { kind: 'payment', threshold_fen, off }
    case 'gift':
      return {
        kind: 'gift',
        name: draft.gift,
        quantity: numberOf(draft.quantity),
        cost_fen: fenOf(draft.amount),
        threshold_fen,
        units: 1,
        every_step: draft.every,
      }
    case 'free_shipping':
      return { kind: 'free_shipping', threshold_fen }
  }
}

/** The promotion that was typed. What could not be read is zero, which the server refuses by its field. */
export function promotionOf(draft: Draft): Promotion {
  return {
    id: draft.id,
    name: draft.name,
    rule: ruleOf(draft),
    scope: draft.products.length ? { of: 'products', products: draft.products } : { of: 'all' },
    audience: draft.audience,
    limit_per_buyer: optional(draft.limit, numberOf),
    stock: optional(draft.stock, numberOf),
    group: draft.group.trim() || undefined,
    from: fromField(draft.from),
    to: fromField(draft.to),
  }
}

const yuan = (fen?: number | null) => (fen === undefined || fen === null ? '' : String(fen / 100))
const text = (number?: number | null) => (number === undefined || number === null ? '' : String(number))

/** A promotion that was stored, to be typed on. */
export function draftOf(promotion: Promotion): Draft {
  const { rule, scope } = promotion
  const draft: Draft = {
    ...emptyDraft(0),
    id: promotion.id,
    name: promotion.name,
    kind: rule.kind,
    products: scope?.of === 'products' ? scope.products : [],
    audience: promotion.audience ?? 'everyone',
    limit: text(promotion.limit_per_buyer),
    stock: text(promotion.stock),
    group: promotion.group ?? '',
    from: toField(promotion.from),
    to: toField(promotion.to),
  }
  if ('threshold_fen' in rule) draft.threshold = yuan(rule.threshold_fen)
  if ('pays_percent' in rule) draft.percent = text(rule.pays_percent)
  if ('every_step' in rule) draft.every = rule.every_step ?? false
  if ('quantity' in rule) draft.quantity = text(rule.quantity)
  if ('cap_fen' in rule) draft.cap = yuan(rule.cap_fen)
  if ('off_fen' in rule) draft.amount = yuan(rule.off_fen)
  if ('off' in rule) {
    draft.by = rule.off.by
    if (rule.off.by === 'amount') draft.amount = yuan(rule.off.off_fen)
    else {
      draft.percent = text(rule.off.pays_percent)
      draft.cap = yuan(rule.off.cap_fen)
    }
  }
  if (rule.kind === 'item_price') {
    draft.price = rule.price
    draft.amount = yuan(rule.price_fen)
  }
  if (rule.kind === 'platform_coupon') draft.bears = text(rule.shop_bears_percent)
  if (rule.kind === 'gift') {
    draft.gift = rule.name
    draft.amount = yuan(rule.cost_fen)
  }
  return draft
}

/** Which fields a kind has. */
export function fieldsOf(draft: Draft): Set<string> {
  const coupon = draft.by === 'amount' ? ['by', 'threshold', 'amount'] : ['by', 'threshold', 'percent', 'cap']
  const fields: Record<Kind, string[]> = {
    item_price: ['price', 'amount'],
    item_percent: ['percent'],
    full_reduction: ['threshold', 'amount', 'every', 'cap'],
    quantity_discount: ['quantity', 'percent'],
    coupon,
    platform_coupon: [...coupon, 'bears'],
    payment: coupon,
    gift: ['gift', 'quantity', 'amount', 'threshold'],
    free_shipping: ['threshold'],
  }
  return new Set(fields[draft.kind])
}
