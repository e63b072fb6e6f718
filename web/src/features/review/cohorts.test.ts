import { expect, test } from 'vitest'
import { mountIn } from '../../testing/mounting'
import { MINUTE, minute, START } from '../../testing/rooms'
import CohortTable from './CohortTable.vue'
import { cohortsOf } from './cohorts'

/** Twelve minutes with ten views each, of which fewer and fewer stay. */
const MINUTES = Array.from({ length: 12 }, (_, i) =>
  minute(START + i * MINUTE, { views: 10, retained_30: 8, retained_60: 6, retained_300: 2 }),
)
const LATE = START + 60 * MINUTE

test('views are summed by the five minutes in which they began', () => {
  const cohorts = cohortsOf(MINUTES, LATE)
  expect(cohorts.map((one) => [one.from, one.to, one.views])).toEqual([
    [START, START + 5 * MINUTE, 50],
    [START + 5 * MINUTE, START + 10 * MINUTE, 50],
    [START + 10 * MINUTE, START + 12 * MINUTE, 20],
  ])
  expect(cohorts[0]?.windows.map((one) => one.kept)).toEqual([40, 30, 10])
})

test('a cohort that is younger than a window is provisional in it, and in no other', () => {
  const standing = (clock: number) => cohortsOf(MINUTES, clock)[0]?.windows.map((one) => one.provisional)
  expect(standing(START + 5 * MINUTE)).toEqual([true, true, true])
  expect(standing(START + 7 * MINUTE)).toEqual([false, false, true])
  expect(standing(START + 11 * MINUTE - 1)).toEqual([false, false, true])
  expect(standing(START + 11 * MINUTE)).toEqual([false, false, false])
})

test('a gap in the data is named', () => {
  const minutes = MINUTES.map((one, i) => (i === 2 ? minute(one.at, { has_data: false, online: null }) : one))
  expect(cohortsOf(minutes, LATE).map((one) => one.whole)).toEqual([false, true, true])
})

function tableOf(known: Record<string, unknown> = {}) {
  const props = { minutes: MINUTES, clock: LATE, provenance: 'exact', mayExport: true, ...known }
  const table = mountIn(CohortTable, { props })
  const rows = () =>
    table.findAll('[data-testid=cohort-row]').map((row) => row.findAll('th, td').map((cell) => cell.text()))
  return { table, rows }
}

test('the heat map is a table that reads without its colours, with the counts behind each share', () => {
  const { table, rows } = tableOf()
  expect(rows()[2]).toEqual(['20:00–20:05', '50', '80.0%', '60.0%', '20.0%'])
  expect(table.findAll('th[scope=col]').map((head) => head.text())).toEqual([
    '进入时段',
    '观看',
    '留满 30 秒',
    '留满 60 秒',
    '留满 300 秒',
  ])
  expect(table.findAll('.heat')[6]?.attributes('title')).toBe('50 次进入中有 40 次留满')
})

test('what is too young is hatched, and says so in words', () => {
  const { table, rows } = tableOf({ clock: START + 12 * MINUTE })
  expect(rows()[0]).toEqual(['20:10–20:12', '20', '≥ 80.0%暂定', '≥ 60.0%暂定', '≥ 20.0%暂定'])
  expect(table.findAll('.heat.provisional')).toHaveLength(4)
})

test('a cohort without views has no share of zero', () => {
  const empty = MINUTES.map((one) => minute(one.at))
  expect(tableOf({ minutes: empty }).rows()[0]?.slice(1)).toEqual(['0', '—', '—', '—'])
})

test('a source that does not deliver who stays shows nothing, and says why', () => {
  const { table, rows } = tableOf({ provenance: 'missing' })
  expect(rows()).toEqual([])
  expect(table.text()).toContain('缺失')
  expect(tableOf({ minutes: [] }).table.text()).toContain('还没有进入数据')
})
