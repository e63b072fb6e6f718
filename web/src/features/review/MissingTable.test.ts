import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { mountIn } from '../../testing/mounting'
import { START } from '../../testing/rooms'
import { fakeServer, problem } from '../../testing/server'
import MissingTable from './MissingTable.vue'

const wish = (colour: string, viewers: number, lost: number | null) => ({
  product: 'coat',
  link_number: 3,
  name: '羽绒服',
  colour,
  size: null,
  viewers,
  comments: viewers + 1,
  wordings: [`有没有${colour}`],
  lost: lost === null ? null : { numerator: lost, denominator: 10 },
  first: START,
  last: START,
})
let number = 0

async function tableOf(body: unknown, mayExport = true) {
  number += 1
  fakeServer(() => (body ? { status: 200, body } : problem(503, '直播间处理不过来')))
  const table = mountIn(MissingTable, { props: { show: `missing-${number}`, mayExport } })
  await flushPromises()
  const rows = () =>
    table.findAll('[data-testid=missing-row]').map((row) => row.findAll('th, td').map((cell) => cell.text()))
  return { table, rows }
}

test('what is not sold stands there with the orders that were probably lost, and how that is reckoned', async () => {
  const wishes = [wish('紫色', 12, 48), wish('绿色', 30, 120)]
  const answered = { wishes, conversion: { numerator: 4, denominator: 10 }, forgotten: 0 }
  const { table, rows } = await tableOf(answered)
  expect(rows()).toEqual([
    ['3 羽绒服 绿色', '30', '31', '12.0', '有没有绿色'],
    ['3 羽绒服 紫色', '12', '13', '4.8', '有没有紫色'],
  ])
  expect(table.get('[data-testid=missing-formula]').text()).toContain('4/10')
  await table.get('input').setValue('紫')
  expect(rows().length).toBe(1)
  expect(table.get('a').attributes('href')).toMatch(/export\/missing-demand\.csv$/)
})

test('an estimate that is not known is missing and no zero', async () => {
  const { table, rows } = await tableOf(
    { wishes: [wish('紫色', 12, null)], conversion: null, forgotten: 3 },
    false,
  )
  expect(rows()[0]?.[3]).toBe('缺失')
  expect(table.text()).toContain('估计丢单：缺失')
  expect(table.text()).toContain('更早的 3 项')
  expect(table.find('a').exists()).toBe(false)
})

test('nothing missing and no answer are two things', async () => {
  const { table } = await tableOf({ wishes: [], conversion: null, forgotten: 0 })
  expect(table.text()).toContain('没有观众要过没卖的规格')
  expect((await tableOf(null)).table.text()).toContain('缺失需求没取到')
})
