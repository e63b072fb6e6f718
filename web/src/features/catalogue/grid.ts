import { cellText, shownText } from './cellText'
import type { FactVersion, FieldDefinition, ListedProduct, ProductCard } from './fields'

/** A row of the grid: a product, or one of its SKUs. */
export interface GridRow {
  key: string
  product: string
  sku: string | null
  /** The product's name. */
  name: string
  /** Facts of its own. */
  own: Map<string, FactVersion>
  /** Facts of its product, which hold where it has none of its own. */
  inherited: Map<string, FactVersion>
  /** Where its SKUs have facts of their own: the different values, numbers from the lowest on. */
  spread: Map<string, unknown[]>
  /** Whether its product is on air. */
  onAir: boolean
  /** Whether its facts have come. */
  loaded: boolean
  listed?: ListedProduct
}
export interface Cell {
  row: GridRow
  field: FieldDefinition
}
export interface Place {
  row: number
  column: number
}

export const cellKey = ({ row, field }: Cell) => `${row.key} ${field.code}`
export const factValue = ({ row, field }: Cell): unknown => row.own.get(field.code)?.value ?? null
export const versionOf = ({ row, field }: Cell) => row.own.get(field.code)?.version ?? 0
/** What stands in a cell while it is edited. */
export const textOf = (cell: Cell) => cellText(cell.field, factValue(cell))
/** The SKU's spec, or the product's name. */
export const rowName = (row: GridRow) => {
  if (row.sku === null) return row.name
  const spec = row.own.get('spec')?.value
  const said = spec && typeof spec === 'object' ? Object.values(spec).join(' ') : ''
  return said || row.sku
}

/** Why a cell cannot be edited here; null if it can. */
export function closed({ row, field }: Cell): 'loading' | 'level' | 'spread' | 'guarded' | 'lines' | null {
  if (!row.loaded) return 'loading'
  if (!field.levels.includes(row.sku === null ? 'product' : 'sku')) return 'level'
  // A price of the product would hold for no SKU.
  if (row.spread.has(field.code)) return 'spread'
  if (row.onAir && field.guarded_on_air) return 'guarded'
  // A field of one line would lose the others.
  return textOf({ row, field }).includes('\n') ? 'lines' : null
}

/** The rows of a product: itself, and its SKUs in use as far as they have come. */
export function rowsOf(listed: ListedProduct, card: ProductCard | undefined): GridRow[] {
  const own = factsOf(card, null)
  const skus = (card?.skus ?? []).filter((sku) => !sku.disabled)
  const product: GridRow = {
    key: listed.id,
    product: listed.id,
    sku: null,
    name: listed.name,
    own,
    inherited: new Map(),
    spread: spreadOf(card, new Set(skus.map((sku) => sku.id))),
    onAir: (card?.on_air.length ?? 0) > 0,
    loaded: card !== undefined,
    listed,
  }
  return [product, ...skus.map((sku) => skuRow(product, sku.id, factsOf(card, sku.id)))]
}

const skuRow = (product: GridRow, sku: string, own: Map<string, FactVersion>): GridRow => ({
  ...product,
  key: `${product.product}/${sku}`,
  sku,
  own,
  inherited: product.own,
  spread: new Map(),
  listed: undefined,
})

export function factsOf(card: ProductCard | undefined, sku: string | null): Map<string, FactVersion> {
  const facts = (card?.facts ?? []).filter((fact) => (fact.sku ?? null) === sku)
  return new Map(facts.map((fact) => [fact.field, fact]))
}

function spreadOf(card: ProductCard | undefined, skus: Set<string>): Map<string, unknown[]> {
  const spread = new Map<string, unknown[]>()
  for (const { sku, field, value } of card?.facts ?? []) {
    if (!sku || !skus.has(sku) || value === null || value === undefined) continue
    const values = spread.get(field) ?? []
    const seen = values.some((one) => JSON.stringify(one) === JSON.stringify(value))
    spread.set(field, seen ? values : [...values, value])
  }
  for (const values of spread.values()) values.sort((a, b) => Number(a) - Number(b) || 0)
  return spread
}

/** What the SKUs of a product have, in short: one value, a range of numbers, or nothing that could be said so. */
export function spreadText(field: FieldDefinition, values: unknown[]): string | null {
  const [low, high] = [values[0], values.at(-1)]
  if (values.length === 1) return shownText(field, low)
  return typeof low === 'number' ? `${shownText(field, low)}–${shownText(field, high)}` : null
}

const STEPS: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/** Where an arrow leads; the edge of the grid holds. */
export function moved(from: Place, key: string, rows: number, columns: number): Place {
  const [down, right] = STEPS[key] ?? [0, 0]
  const within = (n: number, of: number) => Math.max(0, Math.min(of - 1, n))
  return { row: within(from.row + down, rows), column: within(from.column + right, columns) }
}

/** The next cell in reading order, or the one before; null at the end of the grid, where Tab leads out of it. */
export function tabbed(from: Place, back: boolean, rows: number, columns: number): Place | null {
  const at = from.row * columns + from.column + (back ? -1 : 1)
  if (at < 0 || at >= rows * columns) return null
  return { row: Math.floor(at / columns), column: at % columns }
}

/** Why a pasted cell goes nowhere, as far as that can be told before the server is asked. */
export type PasteFault = 'level' | 'spread' | 'guarded' | 'loading' | 'lines' | 'number' | 'negative'

export interface PastedCell extends Cell {
  before: string
  after: string
  version: number
  fault: PasteFault | null
}
export interface Pasted {
  /** The cells that would change, and those that cannot. */
  cells: PastedCell[]
  same: number
  /** Rows and columns of the clipboard that lie beyond the grid. */
  beyond: { rows: number; columns: number }
}

const NUMBERS = ['money', 'integer', 'percent']

function unreadable(field: FieldDefinition, after: string): PasteFault | null {
  if (!NUMBERS.includes(field.kind) || /^[-—－/]*$/.test(after.trim())) return null
  const plain = after.normalize('NFKC').trim()
  if (!/\d/.test(plain)) return 'number'
  return /^[¥\s]*-/.test(plain) ? 'negative' : null
}

/**
 * What a rectangle would change from a cell on. Rows of a spreadsheet are all products or all SKUs, so what is pasted onto a
 * SKU goes to SKUs only, and what is pasted onto a product to products only.
 */
export function pasteInto(rows: GridRow[], columns: FieldDefinition[], at: Place, table: string[][]): Pasted {
  const first = rows[at.row]
  const targets = rows.slice(at.row).filter((row) => (row.sku === null) === (first?.sku === null))
  const wide = Math.max(0, ...table.map((cells) => cells.length))
  const pasted: Pasted = {
    cells: [],
    same: 0,
    beyond: {
      rows: Math.max(0, table.length - targets.length),
      columns: Math.max(0, wide - (columns.length - at.column)),
    },
  }
  table.slice(0, targets.length).forEach((cells, down) => {
    cells.slice(0, columns.length - at.column).forEach((after, right) => {
      const [row, field] = [targets[down], columns[at.column + right]]
      if (!row || !field) return
      const cell = { row, field }
      const before = textOf(cell)
      if (after.trim() === before) pasted.same += 1
      else
        pasted.cells.push({
          ...cell,
          before,
          after,
          version: versionOf(cell),
          fault: closed(cell) ?? unreadable(field, after),
        })
    })
  })
  return pasted
}
