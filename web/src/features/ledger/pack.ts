import type { Schemas } from '../../api/client'

/** A row of the ledger as a pack holds it. */
export interface PackRow {
  sequence: number
  at: number
  venue: string
  kind: Schemas['LedgerKind']
  fen: number
  quantity: number | null
  order: string | null
  evidence: string | null
  by: string
  previous: string
  hash: string
}

/** What stands in the text of a pack. */
export interface PackBody {
  format: 'livehand-evidence-1'
  claim: Schemas['Claim']
  product: { id: string; name: string }
  venue: string
  verdict: Schemas['ClaimVerdict']
  reason: string
  explanation: { zh: string; en: string }
  text: { zh: string; en: string } | null
  signals: string[]
  legal_basis: string
  judged_at: number
  by: { id: string; name: string }
  facts: { fact: { field: string; version: number }; value: unknown; at: number | null; by: string | null }[]
  rows: PackRow[]
  rows_in_all: number
  ledger: { whole: boolean; rows: number; head: string }
}

/** The pack that a text holds; null if it is something else. */
export function readPack(text: string): PackBody | null {
  try {
    const body = JSON.parse(text) as PackBody
    return body.format === 'livehand-evidence-1' ? body : null
  } catch {
    return null
  }
}
