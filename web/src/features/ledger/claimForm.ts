import type { Schemas } from '../../api/client'

export type Claim = Schemas['Claim']
export type ClaimKind = Schemas['ClaimKind']
export type ClaimScope = Schemas['ClaimScope']
export type Input = 'price' | 'days' | 'percent' | 'off' | 'quantity' | 'until' | 'name' | 'basis'

/** What each kind of claim asks for. */
export const INPUTS: Record<ClaimKind, Input[]> = {
  reference_price: ['price'],
  lowest_in_days: ['days'],
  historic_low: ['days'],
  discount: ['price', 'percent', 'off', 'basis'],
  gift_value: ['name', 'quantity', 'price'],
  limited_stock: ['quantity'],
  deadline: ['until'],
  msrp: ['name', 'price'],
  sales_count: ['quantity'],
  price_protect: ['days'],
}
export const KINDS = Object.keys(INPUTS) as ClaimKind[]
export const SCOPES: ClaimScope[] = ['live_room', 'shop', 'whole_net', 'nationwide']
const MONEY: Input[] = ['price', 'off']
const WHOLE: Input[] = ['days', 'percent', 'quantity']
/** What the maker's price has to be called; nothing shorter will do. */
const MSRP_NAME = '厂商建议零售价'

/** What stands in the fields, as it was typed. */
export interface ClaimForm {
  kind: ClaimKind
  scope: ClaimScope
  typed: Partial<Record<Input, string>>
  atLeast: boolean
  evidence: string
}

export const emptyForm = (): ClaimForm => ({
  kind: 'lowest_in_days',
  scope: 'live_room',
  typed: { days: '30', name: '' },
  atLeast: false,
  evidence: '',
})

/** 129, 129.5 or 129.50 as fen, without a float in between; null if it is no amount. */
export function fenOf(text: string): number | null {
  const parts = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(text.trim())
  if (!parts) return null
  return Number(parts[1]) * 100 + Number((parts[2] ?? '').padEnd(2, '0'))
}

/** `2026-06-18T20:00`, as a field of the browser has it, in Shanghai. */
export function instantOf(text: string): number | null {
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) ? Date.parse(`${text}:00+08:00`) : Number.NaN
  return Number.isNaN(ms) ? null : ms
}

/** The claim that was typed, and which fields cannot be read. */
export function readForm(
  form: ClaimForm,
  product: string,
): { claim: Claim; faults: Map<Input, 'money' | 'whole'> } {
  const numbers: Record<string, unknown> = {}
  const faults = new Map<Input, 'money' | 'whole'>()
  let basis: string | undefined
  for (const input of INPUTS[form.kind]) {
    const text = (form.typed[input] ?? '').trim()
    if (text === '') continue
    if (MONEY.includes(input)) {
      const fen = fenOf(text)
      if (fen === null) faults.set(input, 'money')
      else numbers[input] = fen
    } else if (WHOLE.includes(input)) {
      if (!/^\d{1,9}$/.test(text)) faults.set(input, 'whole')
      else numbers[input] = Number(text)
    } else if (input === 'until') {
      const at = instantOf(text)
      if (at !== null) numbers.until = at
    } else if (input === 'basis') basis = text
    else numbers[input] = text
  }
  if (form.kind === 'msrp' && numbers.name === undefined) numbers.name = MSRP_NAME
  if (form.kind === 'sales_count' && form.atLeast) numbers.at_least = true
  const evidence = form.evidence.split('\n').flatMap((line) => line.trim() || [])
  const claim = {
    product,
    kind: form.kind,
    scope: form.scope,
    numbers,
    ...(basis ? { basis } : {}),
    ...(evidence.length > 0 ? { evidence } : {}),
  } as Claim
  return { claim, faults }
}
