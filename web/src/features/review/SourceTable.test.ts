import { expect, test, vi } from 'vitest'
import { mountIn } from '../../testing/mounting'
import SourceTable from './SourceTable.vue'

const SOURCES = [
  { source: 'feed', views: 60 },
  { source: 'follow', views: 30 },
  { source: 'tv', views: 10 },
]

function tableOf(known: Record<string, unknown> = {}) {
  const table = mountIn(SourceTable, {
    props: { sources: SOURCES, provenance: 'exact', mayExport: true, ...known },
  })
  const rows = () =>
    table.findAll('[data-testid=source-row]').map((row) => row.findAll('th, td').map((cell) => cell.text()))
  return { table, rows }
}

test('views come by source with their shares, the largest first', () => {
  expect(tableOf().rows()).toEqual([
    ['推荐', '60', '60.0%'],
    ['关注', '30', '30.0%'],
    ['tv', '10', '10.0%'],
  ])
})

test('what the platform names more closely stands beside its source', () => {
  const [feed, ...others] = SOURCES
  const details = [
    { name: '同城', views: 40 },
    { name: '猜你喜欢', views: 20 },
  ]
  const { table, rows } = tableOf({ sources: [{ ...feed, details }, ...others] })
  expect(table.findAll('thead th').at(-1)?.text()).toContain('平台细分')
  expect(rows().map((row) => row.at(-1))).toEqual(['同城 40 · 猜你喜欢 20', '', ''])
})

test('a heading sorts, and again turns it around', async () => {
  const { table, rows } = tableOf()
  const heading = table.findAll('thead th')[1]
  await heading?.get('button').trigger('click')
  expect(heading?.attributes('aria-sort')).toBe('ascending')
  expect(rows().map((row) => row[0])).toEqual(['tv', '关注', '推荐'])
})

test('a search narrows what is shown, and only that is exported, as numbers', async () => {
  const blobs: Blob[] = []
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    blobs.push(blob as Blob)
    return 'blob:x'
  })
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation(() => {})
  const { table, rows } = tableOf()
  await table.get('input').setValue('推荐')
  expect(rows()).toHaveLength(1)
  await table.get('.tools button').trigger('click')
  expect(await blobs[0]?.text()).toBe('\uFEFF来源,观看,占比\r\n推荐,60,0.6\r\n')
})

test('sources that are not delivered are no empty table', () => {
  const { table, rows } = tableOf({ provenance: 'missing' })
  expect(rows()).toEqual([])
  expect(table.text()).toContain('缺失')
  expect(tableOf({ mayExport: false }).table.find('.tools button').exists()).toBe(false)
})
