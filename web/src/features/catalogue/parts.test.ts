import { expect, test } from 'vitest'
import { chartOf, chartText, rowsOfValue, valueOfRows } from './parts'

const at = (text: string) => Date.parse(`${text}+08:00`)

test.each([
  ['selling_points', [{ feature: '网布', advantage: '透气', benefit: '不捂脚' }]],
  ['qualifications', [{ kind: '质检', number: 'QJ-1', valid_until: at('2026-12-31T23:59:59.999') }]],
  ['qualifications', [{ kind: '质检', number: 'QJ-1', valid_until: null, evidence: '法务盘/质检' }]],
  [
    'gifts',
    [
      { name: '袜子', quantity: 2 },
      { name: '面霜', quantity: 1, sku: 'MY-LX' },
    ],
  ],
  ['pairs', { 材质: '棉', 产地: '南通' }],
  ['shipping', { within_hours: 48, carrier: '顺丰', excluded: ['新疆', '西藏'] }],
  ['trial', { by: '小鹿', at: at('2026-06-01T15:30:00'), note: '用了两周' }],
] as const)('%s comes out of its form as it went in', (kind, value) => {
  expect(valueOfRows(kind, rowsOfValue(kind, value), value)).toEqual(value)
})

test('a paper holds to the end of its day, and a day that stayed keeps its hour', () => {
  const before = [{ kind: '质检', number: 'QJ-1', valid_until: at('2026-12-31T12:00:00') }]
  const rows = rowsOfValue('qualifications', before)
  expect(valueOfRows('qualifications', rows, before)).toEqual(before)
  const [row] = rows
  if (row) row.valid_until = '2027-03-31'
  expect(valueOfRows('qualifications', rows, before)).toMatchObject([
    { valid_until: at('2027-03-31T23:59:59.999') },
  ])
})

test('empty rows say nothing, and nothing but empty rows takes the fact back', () => {
  expect(rowsOfValue('gifts', null)).toEqual([{ name: '', quantity: '', sku: '' }])
  expect(valueOfRows('gifts', rowsOfValue('gifts', null), null)).toBeNull()
  const rows = [...rowsOfValue('pairs', { 材质: '棉' }), { name: ' ', value: '' }]
  expect(valueOfRows('pairs', rows, null)).toEqual({ 材质: '棉' })
})

test('a size chart is pasted from a spreadsheet, or typed with commas', () => {
  const chart = {
    columns: ['尺码', '胸围'],
    rows: [
      ['S', '90'],
      ['M', '95'],
    ],
  }
  expect(chartOf('尺码\t胸围\nS\t90\n\nM\t95\n')).toEqual(chart)
  expect(chartOf('尺码，胸围\nS,90\nM, 95')).toEqual(chart)
  expect(chartOf(chartText(chart))).toEqual(chart)
  expect(chartOf(' \n')).toBeNull()
  expect(chartText(null)).toBe('')
})
