import { reactive, watch } from 'vue'
import type { Schemas } from '../../api/client'

export type Wishes = Schemas['LineupToPropose']
export type Role = Schemas['ProductRole']
type Said = Schemas['ProductToPlan']

/** The rules as the server has them when nothing is said. */
export const USUAL_LIMITS: Schemas['LineupLimits'] = {
  beside_peak: 0.5,
  dear_price: 50_000,
  opening_minutes: 3,
  peak_part: 0.45,
}

/** What was typed of a product, as it stands in its fields; empty where nothing is said. */
export interface TypedProduct {
  role: Role | ''
  category: string
  minutes: string
  orders_per_viewer: string
  margin: string
  stock: string
  locked_at: string
  must_appear: boolean
}

/** All that was typed. */
export interface Typed {
  minutes: string
  limits: { dear_price: string; peak_part: string; opening_minutes: string }
  products: Map<string, TypedProduct>
}

/** A number of the server in the unit that is shown, without more digits than can be meant, and back. */
const UNITS = {
  whole: { show: (number: number) => number, wire: (number: number) => number },
  yuan: { show: (fen: number) => fen / 100, wire: (yuan: number) => Math.round(yuan * 100) },
  percent: { show: (part: number) => rounded(part * 100), wire: (percent: number) => percent / 100 },
  per_mille: { show: (part: number) => rounded(part * 1_000), wire: (orders: number) => orders / 1_000 },
}
const rounded = (number: number) => Number(number.toPrecision(3))

/** What a field takes, in the unit that is shown. */
export interface Figure {
  unit: keyof typeof UNITS
  min: number
  max: number
}

const DAY_MINUTES = 24 * 60
const YUAN_MAX = 1_000_000
const PIECES_MAX = 100_000_000
const FIGURES = {
  minutes: { unit: 'whole', min: 1, max: DAY_MINUTES },
  opening_minutes: { unit: 'whole', min: 0, max: DAY_MINUTES },
  locked_at: { unit: 'whole', min: 0, max: DAY_MINUTES },
  stock: { unit: 'whole', min: 0, max: PIECES_MAX },
  dear_price: { unit: 'yuan', min: 0, max: YUAN_MAX },
  margin: { unit: 'yuan', min: -YUAN_MAX, max: YUAN_MAX },
  peak_part: { unit: 'percent', min: 0, max: 100 },
  orders_per_viewer: { unit: 'per_mille', min: 0, max: 1_000 },
} satisfies Record<string, Figure>
export type FigureName = keyof typeof FIGURES

/** A number of the server as it stands in a field. */
export const shown = (name: FigureName, wire: number) => String(UNITS[FIGURES[name].unit].show(wire))

/** The server's number; null where nothing was typed, undefined for what is no number that the field takes. */
function read(name: FigureName, text: string): number | null | undefined {
  // An input method gives full-width digits.
  const plain = text.normalize('NFKC').trim()
  if (plain === '') return null
  const { unit, min, max } = FIGURES[name]
  const number = Number(plain)
  const form = unit === 'whole' ? /^\d+$/ : /^-?\d+(\.\d+)?$/
  return form.test(plain) && number >= min && number <= max ? UNITS[unit].wire(number) : undefined
}

export const nothingTyped = (): TypedProduct => ({
  role: '',
  category: '',
  minutes: '',
  orders_per_viewer: '',
  margin: '',
  stock: '',
  locked_at: '',
  must_appear: false,
})

export interface Read {
  wishes: Wishes
  /** What is wrong, by the field as the server names it. */
  faults: Map<string, Figure>
}

/** What was typed of these products, as the server takes it. */
export function readTyped(typed: Typed, products: string[]): Read {
  const faults = new Map<string, Figure>()
  const figure = (field: string, name: FigureName, text: string) => {
    const number = read(name, text)
    if (number === undefined) faults.set(field, FIGURES[name])
    return number ?? null
  }
  const limit = (name: keyof Typed['limits']) =>
    figure(`limits.${name}`, name, typed.limits[name]) ?? USUAL_LIMITS[name]
  const said = (id: string, one: TypedProduct): Said => {
    const of = (name: 'minutes' | 'orders_per_viewer' | 'margin' | 'stock' | 'locked_at') =>
      figure(`products.${id}.${name}`, name, one[name])
    return {
      role: one.role || null,
      category: one.category.trim() || null,
      minutes: of('minutes'),
      orders_per_viewer: of('orders_per_viewer'),
      margin: of('margin'),
      stock: of('stock'),
      locked_at: of('locked_at'),
      must_appear: one.must_appear,
      window: null,
    }
  }
  // In the order in which they came, so that a line-up in another order does not make other wishes.
  const all = [...typed.products]
    .filter(([id]) => products.includes(id))
    .map(([id, one]): [string, Said] => [id, said(id, one)])
  const spoken = all.filter(([, one]) =>
    Object.values(one).some((value) => value !== null && value !== false),
  )
  const wishes = {
    minutes: figure('minutes', 'minutes', typed.minutes),
    products: Object.fromEntries(spoken),
    limits: {
      beside_peak: USUAL_LIMITS.beside_peak,
      dear_price: limit('dear_price'),
      opening_minutes: limit('opening_minutes'),
      peak_part: limit('peak_part'),
    },
  }
  return { wishes, faults }
}

/** The text of a field that the server names; undefined if there is no such field here. */
export function textOf(typed: Typed, field: string): string | undefined {
  if (field === 'minutes') return typed.minutes
  const [group, name] = [field.slice(0, field.indexOf('.')), field.slice(field.lastIndexOf('.') + 1)]
  if (group === 'limits') return typed.limits[name as keyof Typed['limits']]
  if (group !== 'products') return undefined
  // An id may have dots of its own.
  const product = typed.products.get(field.slice(group.length + 1, -name.length - 1))
  const text = product?.[name as keyof TypedProduct]
  return typeof text === 'string' ? text : undefined
}

/** The fields of the page, with a row for every product. */
export function useTyped(products: () => string[]): Typed {
  const typed = reactive<Typed>({
    minutes: '',
    limits: { dear_price: '', peak_part: '', opening_minutes: '' },
    products: new Map(),
  })
  watch(
    products,
    (now) => {
      for (const id of now) if (!typed.products.has(id)) typed.products.set(id, nothingTyped())
    },
    { immediate: true },
  )
  return typed
}
