import { answer, api, type Schemas } from '../../api/client'
import type { StockLine } from './ledger'

export type Reservation = Schemas['ReservationMade']

/** Rows that are fetched at once, and pages of them at most. */
const ROWS = 200
const PAGES_MAX = 10
/** A hold that ends within this time ends soon. */
export const SOON_MS = 5 * 60_000

/** What orders have of one SKU, or want of it. */
export interface Held {
  /** Units held for orders that are not paid. */
  held: number
  holds: number
  /** Units that orders wait for, paid or not. */
  waiting: number
  waiters: number
  /** When the next hold ends by itself. */
  soonest: number | null
}

const NOTHING: Held = { held: 0, holds: 0, waiting: 0, waiters: 0, soonest: null }

/** Sums of what is not settled, by SKU. */
export function bySku(reservations: Reservation[]): Map<string, Held> {
  const all = new Map<string, Held>()
  for (const one of reservations)
    for (const { sku, quantity } of one.parts) {
      const known = all.get(sku) ?? { ...NOTHING }
      if (one.status === 'held') {
        known.held += quantity
        known.holds += 1
        if (one.expires_at != null) known.soonest = Math.min(known.soonest ?? one.expires_at, one.expires_at)
      }
      if (one.status === 'waiting') {
        known.waiting += quantity
        known.waiters += 1
      }
      all.set(sku, known)
    }
  return all
}

export interface BoardLine {
  line: StockLine
  held: Held
}

/** Lines of the board: first what somebody waits for, then what is held and ends soonest, then the rest by id. */
export function board(lines: StockLine[], reservations: Reservation[]): BoardLine[] {
  const sums = bySku(reservations)
  const all = lines.map((line) => ({ line, held: sums.get(line.sku) ?? NOTHING }))
  return all.sort(
    (a, b) =>
      b.held.waiting - a.held.waiting ||
      (a.held.soonest ?? Number.POSITIVE_INFINITY) - (b.held.soonest ?? Number.POSITIVE_INFINITY) ||
      a.line.sku.localeCompare(b.line.sku),
  )
}

/** Holds that end by themselves, the soonest first. */
export const ending = (reservations: Reservation[]) =>
  reservations
    .filter((one) => one.status === 'held' && one.expires_at != null)
    .sort((a, b) => (a.expires_at ?? 0) - (b.expires_at ?? 0))

/** Everything that is not settled, and whether there is more than is fetched. */
export async function unsettled(): Promise<{ all: Reservation[]; more: boolean; at: number }> {
  const all: Reservation[] = []
  let after: string | undefined
  let at = 0
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = { unsettled: true, after, limit: ROWS }
    const found = await answer(api.GET('/api/v1/reservations', { params: { query } }))
    all.push(...found.reservations)
    at = found.at
    after = found.next ?? undefined
    if (after === undefined) break
  }
  return { all, more: after !== undefined, at }
}

/** The books of all SKUs that ever moved, and whether there are more than are fetched. */
export async function books(): Promise<{ lines: StockLine[]; more: boolean }> {
  const lines: StockLine[] = []
  let after: string | undefined
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const found = await answer(api.GET('/api/v1/stock', { params: { query: { after, limit: ROWS } } }))
    lines.push(...found.stocks)
    after = found.next ?? undefined
    if (after === undefined) break
  }
  return { lines, more: after !== undefined }
}

/** Units of a SKU by where the orders stand that took them, as far as they are counted; `more` if there are others. */
export async function taken(sku: string): Promise<{ paid: number; picked: number; more: boolean }> {
  const units = async (status: 'paid' | 'picked') => {
    let sum = 0
    let after: string | undefined
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const query = { search: sku, status, after, limit: ROWS }
      const found = await answer(api.GET('/api/v1/reservations', { params: { query } }))
      // The search also finds orders and other SKUs that hold the same letters.
      for (const one of found.reservations)
        sum += one.parts.filter((part) => part.sku === sku).reduce((all, part) => all + part.quantity, 0)
      after = found.next ?? undefined
      if (after === undefined) break
    }
    return { sum, more: after !== undefined }
  }
  const [paid, picked] = await Promise.all([units('paid'), units('picked')])
  return { paid: paid.sum, picked: picked.sum, more: paid.more || picked.more }
}
