import { expect, test } from 'vitest'
import { ProblemError } from '../../../api/client'
import { mountIn } from '../../../testing/mounting'
import type { Item } from '../lineup'
import LineupPanel from './LineupPanel.vue'

const item = (n: number, name: string): Item => ({
  position: n,
  product: { id: `p-${n}`, link_number: n, name, price_fen: n * 1_000 },
})
const ITEMS = [item(1, '纯棉四件套'), item(2, '洗衣液'), item(12, '洗衣凝珠 50颗'), item(21, '保温杯')]

function panelOf(known: Record<string, unknown> = {}) {
  const panel = mountIn(LineupPanel, {
    props: { items: ITEMS, staged: undefined, pending: false, failure: null, mayStage: true, ...known },
  })
  const keys = panel.vm as unknown as { move: (by: number) => void; stageChosen: () => void }
  const chosen = () => panel.find('[aria-current=true] .name').text()
  const names = () => panel.findAll('.name').map((name) => name.text())
  return { panel, keys, chosen, names }
}

test('the keys choose an item, and S puts it on stage', async () => {
  const { panel, keys, chosen } = panelOf()
  keys.move(1)
  keys.move(1)
  await panel.vm.$nextTick()
  expect(chosen()).toBe('洗衣凝珠 50颗')
  keys.stageChosen()
  expect(panel.emitted('stage')).toEqual([['p-12']])
})

test('the next item is chosen as the show goes on, unless somebody here chose another', async () => {
  const { panel, keys, chosen } = panelOf({ staged: 'p-1' })
  expect(chosen()).toBe('洗衣液')
  await panel.setProps({ staged: 'p-2' })
  expect(chosen()).toBe('洗衣凝珠 50颗')
  keys.move(1)
  await panel.setProps({ staged: 'p-1' })
  expect(chosen()).toBe('保温杯')
  await panel.setProps({ staged: 'p-21' })
  expect(chosen()).toBe('保温杯')
  await panel.setProps({ staged: 'p-1' })
  expect(chosen()).toBe('洗衣液')
})

test('who may not stage finds no button and a dead key', () => {
  const { panel, keys } = panelOf({ mayStage: false })
  keys.stageChosen()
  expect(panel.text()).not.toContain('上讲解')
  expect(panel.emitted('stage')).toBeUndefined()
})

test('who may order the line-up gets there by its heading', async () => {
  const { panel } = panelOf()
  expect(panel.find('h2 a').exists()).toBe(false)
  await panel.setProps({ ordering: '/shows/show-1/lineup' })
  expect(panel.get('h2 a').attributes('href')).toBe('/shows/show-1/lineup')
  expect(panel.get('h2 a').text()).toBe('排品')
})

test('a search finds a link number exactly, and a name by a part of it', async () => {
  const { panel, names, chosen } = panelOf()
  await panel.get('input').setValue('2')
  expect(names()).toEqual(['洗衣液'])
  await panel.get('input').setValue('洗衣')
  expect(names()).toEqual(['洗衣液', '洗衣凝珠 50颗'])
  expect(chosen()).toBe('洗衣液')
  await panel.get('input').setValue('没有这个')
  expect(panel.text()).toContain('没有符合的商品')
})

test('the choice stays on its product when the line-up changes around it', async () => {
  const { panel, keys, chosen } = panelOf()
  keys.move(1)
  await panel.setProps({ items: [item(30, '新加的'), ...ITEMS] })
  expect(chosen()).toBe('洗衣液')
})

test('the item on stage has a sign, not only a colour', () => {
  const { panel } = panelOf({ staged: 'p-2' })
  const row = panel.findAll('[data-testid=lineup-item]')[1]
  expect(row?.get('.number').text()).toBe('▶2')
  expect(row?.get('.price').text()).toBe('¥20.00')
})

test('a line-up that is loading, empty or unreachable says which', async () => {
  const { panel } = panelOf({ items: [], pending: true })
  expect(panel.text()).toContain('加载中')
  await panel.setProps({ pending: false })
  expect(panel.text()).toContain('本场还没有排品')
  await panel.setProps({
    failure: new ProblemError({ type: '', code: 'busy', title: '数据库繁忙', status: 503 }),
  })
  expect(panel.text()).toContain('数据库繁忙')
  await panel.get('.none button').trigger('click')
  expect(panel.emitted('retry')).toHaveLength(1)
})
