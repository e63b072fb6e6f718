import { day } from './cellText'

/** A value with parts as a form holds it: rows of texts. */
export type Rows = Record<string, string>[]
interface Part {
  [key: string]: unknown
}

/** The parts of the kinds that are lists, in the order in which they are filled in. */
export const PARTS = {
  selling_points: ['feature', 'advantage', 'benefit'],
  qualifications: ['kind', 'number', 'valid_until', 'evidence'],
  gifts: ['name', 'quantity', 'sku'],
  pairs: ['name', 'value'],
  shipping: ['within_hours', 'warehouse', 'carrier', 'excluded'],
  trial: ['by', 'at', 'note'],
} as const
export type PartKind = keyof typeof PARTS
export const hasParts = (kind: string): kind is PartKind => kind in PARTS
/** Kinds of which there is one, not a list. */
export const isSingle = (kind: PartKind) => kind === 'shipping' || kind === 'trial'

export const emptyRow = (kind: PartKind): Record<string, string> =>
  Object.fromEntries(PARTS[kind].map((part) => [part, '']))

const text = (value: unknown) => (value === null || value === undefined ? '' : String(value))

function shown(part: string, value: unknown): string {
  if ((part === 'valid_until' || part === 'at') && typeof value === 'number') return day(value)
  return Array.isArray(value) ? value.join('、') : text(value)
}

/** A value as a form shows it; at least one row, to begin with. */
export function rowsOfValue(kind: PartKind, value: unknown): Rows {
  const list: Part[] = isSingle(kind)
    ? [(value ?? {}) as Part]
    : kind === 'pairs'
      ? Object.entries((value ?? {}) as Part).map(([name, of]) => ({ name, value: of }))
      : ((value ?? []) as Part[])
  const rows = list.map((one) =>
    Object.fromEntries(PARTS[kind].map((part) => [part, shown(part, one[part])])),
  )
  return rows.length > 0 ? rows : [emptyRow(kind)]
}

/** The moment at which a day begins, or its last, in Shanghai. */
const begins = (of: string) => Date.parse(`${of}T00:00:00+08:00`)
const ends = (of: string) => Date.parse(`${of}T23:59:59.999+08:00`)

/** What a form says; null if it says nothing. The server judges whether it may be so. */
export function valueOfRows(kind: PartKind, rows: Rows, before: unknown): unknown {
  const said = rows
    .map((row) => Object.fromEntries(Object.entries(row).map(([part, of]) => [part, of.trim()])))
    .filter((row) => Object.values(row).some(Boolean))
  const [first] = said
  if (!first) return null
  switch (kind) {
    case 'pairs':
      return Object.fromEntries(said.map((row) => [row.name, row.value]))
    case 'gifts':
      return said.map(({ name, quantity, sku }) => ({
        name,
        quantity: Number(quantity) || 0,
        ...(sku ? { sku } : {}),
      }))
    case 'qualifications':
      return said.map(({ kind: of, number, valid_until, evidence }) => ({
        kind: of,
        number,
        valid_until: valid_until ? kept(before, 'valid_until', valid_until, ends(valid_until)) : null,
        ...(evidence ? { evidence } : {}),
      }))
    case 'shipping':
      return {
        within_hours: Number(first.within_hours) || 0,
        ...(first.warehouse ? { warehouse: first.warehouse } : {}),
        ...(first.carrier ? { carrier: first.carrier } : {}),
        excluded: (first.excluded ?? '').split(/[、，,\s]+/).filter(Boolean),
      }
    case 'trial':
      return {
        by: first.by,
        at: first.at ? kept([before], 'at', first.at, begins(first.at)) : 0,
        note: first.note ?? '',
      }
    default:
      return said
  }
}

/** A day that was not changed keeps its hour. */
function kept(before: unknown, part: string, of: string, fallback: number): number {
  const earlier = Array.isArray(before) ? (before as (Part | null)[]).map((one) => one?.[part]) : []
  const same = earlier.find((one) => typeof one === 'number' && day(one) === of)
  return typeof same === 'number' ? same : fallback
}

/** A size chart as lines, of cells with tabs or commas between them, as they come from a spreadsheet. */
export function chartOf(typed: string): { columns: string[]; rows: string[][] } | null {
  const lines = typed
    .split('\n')
    .filter((line) => line.trim())
    .map((line) => line.split(/[\t,，]/).map((cell) => cell.trim()))
  const [columns, ...rows] = lines
  return columns ? { columns, rows } : null
}
export function chartText(value: unknown): string {
  const { columns = [], rows = [] } = (value ?? {}) as { columns?: string[]; rows?: string[][] }
  return columns.length === 0 ? '' : [columns, ...rows].map((row) => row.join('\t')).join('\n')
}
