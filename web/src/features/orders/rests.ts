import { answer, api, type Schemas } from '../../api/client'
import type { OrderDetail } from './orders'

/** One version of a fact that a promise quotes, and who wrote it when and on what ground; null if it is not to be found. */
export interface Rest {
  product: string
  sku: string | null
  field: string
  version: number
  written: Schemas['FactVersion'] | null
}

/** Versions of a fact that are looked through. */
const VERSIONS_MAX = 200

/** Every version that the promise of an order quotes, each once: those in force, and those in what was said. */
export function quoted(order: OrderDetail): Omit<Rest, 'written'>[] {
  const facts = order.promise?.lines.flatMap((line) => line.facts) ?? []
  const quotes = order.promise?.said?.flatMap((said) => said.quotes) ?? []
  const all = new Map<string, Omit<Rest, 'written'>>()
  for (const { product, sku, field, version } of [...facts, ...quotes])
    all.set(JSON.stringify([product, sku ?? '', field, version]), {
      product,
      sku: sku ?? null,
      field,
      version,
    })
  return [...all.values()]
}

/** What the promise of an order rests on: the versions that it quotes, out of the histories of their facts. */
export async function restsOf(order: OrderDetail): Promise<Rest[]> {
  const histories = new Map<string, Promise<Schemas['FactVersion'][]>>()
  const historyOf = ({ product, sku, field }: Omit<Rest, 'written'>) => {
    const key = JSON.stringify([product, sku, field])
    const known = histories.get(key)
    if (known) return known
    const query = { field, sku: sku ?? undefined, limit: VERSIONS_MAX }
    const asked = answer(
      api.GET('/api/v1/products/{product}/history', { params: { path: { product }, query } }),
    )
      .then((history) => history.versions)
      // A figure of the stock ledger has no history of this kind.
      .catch(() => [])
    histories.set(key, asked)
    return asked
  }
  return Promise.all(
    quoted(order).map(async (fact) => {
      const versions = await historyOf(fact)
      return { ...fact, written: versions.find((one) => one.version === fact.version) ?? null }
    }),
  )
}
