import type { Schemas } from '../../api/client'
import { count, money } from '../../format'
import type { RoomView } from '../../stream/reduce'

export type TotalName = 'gmv' | 'paid' | 'views' | 'peak' | 'commentsCount'
export interface Total {
  name: TotalName
  /** Null when the source does not deliver it: a gap, which must not look like a zero. */
  text: string | null
  provenance: Schemas['Provenance']
}

/** The counts of a show, each with where it comes from: what its metric is made of. */
export function totalsOf(view: RoomView): Total[] {
  const { metrics } = view
  const { totals } = metrics
  const known = (name: TotalName, provenance: Schemas['Provenance'], text: string): Total => ({
    name,
    provenance,
    text: provenance === 'missing' ? null : text,
  })
  const peak = totals.peak_online ?? null
  const platform = totals.platform_views
  const views: Total =
    metrics.sources.provenance === 'missing' && platform
      ? { name: 'views', provenance: platform.unit > 1 ? 'rounded' : 'exact', text: count(platform.value) }
      : known('views', metrics.sources.provenance, count(totals.views))
  return [
    known('gmv', metrics.order_value.provenance, money(totals.gmv)),
    known('paid', metrics.order_value.provenance, count(totals.orders_paid)),
    views,
    known('peak', peak === null ? 'missing' : metrics.online.provenance, count(peak ?? 0)),
    known('commentsCount', 'exact', count(totals.comments)),
  ]
}
