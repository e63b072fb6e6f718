import { expect, test } from 'vitest'
import { setLanguage } from '../../i18n'
import { mountIn } from '../../testing/mounting'
import { metric, metrics, roomView } from '../../testing/rooms'
import TotalsStrip from './TotalsStrip.vue'
import { totalsOf } from './totals'

const textOf = (totals: ReturnType<typeof totalsOf>, name: string) =>
  totals.find((total) => total.name === name)?.text

test('counts that the source does not deliver are gaps, not zeros', () => {
  const missing = metric({ provenance: 'missing' })
  const known = metrics({ order_value: missing, sources: missing, online: missing })
  const totals = totalsOf(roomView({ metrics: known }))
  for (const name of ['gmv', 'paid', 'views', 'peak']) expect(textOf(totals, name)).toBeNull()
  expect(textOf(totals, 'commentsCount')).toBe('0')
})

test('exact counts are the counts', () => {
  const known = metrics()
  Object.assign(known.totals, { gmv: 26_880, orders_paid: 3, views: 1_069, peak_online: 509, comments: 123 })
  const totals = totalsOf(roomView({ metrics: known }))
  expect(totals.map((total) => total.text)).toEqual(['¥268.80', '3', '1,069', '509', '123'])
})

test("where viewers are not counted, the platform's own views are shown for what they are", () => {
  const known = metrics({ sources: metric({ provenance: 'missing' }) })
  known.totals.platform_views = { value: 68_000, unit: 1_000 }
  expect(totalsOf(roomView({ metrics: known })).find((total) => total.name === 'views')).toEqual({
    name: 'views',
    provenance: 'rounded',
    text: '68,000',
  })
  known.totals.platform_views = { value: 812, unit: 1 }
  expect(totalsOf(roomView({ metrics: known })).find((total) => total.name === 'views')?.provenance).toBe(
    'exact',
  )
})

test('a peak that is not known yet is a gap, also where viewers are counted', () => {
  const known = metrics({ online: metric({ provenance: 'exact' }) })
  expect(textOf(totalsOf(roomView({ metrics: known })), 'peak')).toBeNull()
  known.totals.peak_online = 0
  expect(textOf(totalsOf(roomView({ metrics: known })), 'peak')).toBe('0')
})

test('the strip says with a word what is not exact', () => {
  const known = metrics({
    online: metric({ provenance: 'rounded' }),
    sources: metric({ provenance: 'missing' }),
  })
  known.totals.peak_online = 68_000
  const totals = totalsOf(roomView({ metrics: known }))
  const strip = mountIn(TotalsStrip, { props: { totals } })
  const words = strip.findAll('.totals > span').map((span) => span.text())
  expect(words.find((text) => text.startsWith('观看'))).toMatch(/—.*缺失/)
  expect(words.find((text) => text.startsWith('峰值'))).toContain('约数')
  setLanguage('en')
  expect(mountIn(TotalsStrip, { props: { totals } }).text()).toContain('missing')
  setLanguage('zh-CN')
})
