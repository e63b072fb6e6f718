import { expect, test, vi } from 'vitest'
import { mountIn } from '../../../testing/mounting'
import { card, quote, START } from '../../../testing/rooms'
import PrompterPanel from './PrompterPanel.vue'

function panelOf(known: Record<string, unknown> = {}) {
  const push = vi.fn(async () => true)
  const [refresh, drop] = [vi.fn(), vi.fn()]
  const props = { show: 'show-1', cards: [], items: [], clock: START, mayPush: true, mayTend: true }
  const panel = mountIn(PrompterPanel, { props: { ...props, push, refresh, drop, ...known } })
  return { panel, push, refresh, drop }
}

test('a card is pushed with the level that is chosen', async () => {
  const { panel, push } = panelOf()
  await panel.findAll('[role=radio]')[0]?.trigger('click')
  await panel.get('input').setValue('先报尺码')
  await panel.get('input').trigger('keydown', { key: 'Enter' })
  expect(push).toHaveBeenCalledExactlyOnceWith('red', '先报尺码')
})

test('the level changes without leaving the line', async () => {
  const { panel } = panelOf()
  const chosen = () => panel.get('[aria-checked=true]').text()
  expect(chosen()).toContain('五分钟内')
  await panel.get('input').trigger('keydown', { key: 'ArrowUp' })
  expect(chosen()).toContain('立即')
  await panel.get('input').trigger('keydown', { key: 'ArrowUp' })
  expect(chosen()).toContain('知悉')
  // These arrows choose among the words of an input method.
  await panel.get('input').trigger('keydown', { key: 'ArrowUp', isComposing: true })
  expect(chosen()).toContain('知悉')
})

test('each card tells its level by a shape and a word, and whether the host saw it', () => {
  const cards = [card('a', { level: 'red' }), card('b', { level: 'green', acknowledged_at: START })]
  const { panel } = panelOf({ cards })
  const rows = panel.findAll('.card').map((row) => row.text())
  expect(rows[0]).toContain('■ 立即')
  expect(rows[0]).toContain('待主播确认')
  expect(rows[1]).toContain('● 知悉')
  expect(rows[1]).toContain('✓ 主播已看 20:00:00')
})

test('who may not push sees the cards and no line', () => {
  const { panel } = panelOf({ mayPush: false, cards: [card('a')] })
  expect(panel.find('input').exists()).toBe(false)
  expect(panel.text()).toContain('提示a')
})

test('a card whose quote changed says so in a word, and is refreshed or taken back', async () => {
  const stale = card('a', { quotes: [quote()], stale: 'changed' })
  const { panel, refresh, drop } = panelOf({ cards: [stale, card('b')] })
  const rows = panel.findAll('[data-testid=prompter-card]')
  expect(rows[0]?.text()).toContain('⚠ 引用已变')
  expect(rows[1]?.text()).not.toContain('⚠')
  for (const button of rows[0]?.findAll('button') ?? []) await button.trigger('click')
  expect(refresh).toHaveBeenCalledExactlyOnceWith('a')
  expect(drop).toHaveBeenCalledExactlyOnceWith('a')
})

test('what was true only up to a moment is marked when the clock gets there', async () => {
  const { panel } = panelOf({ cards: [card('a', { quotes: [quote({ valid_to: START + 1_000 })] })] })
  expect(panel.text()).not.toContain('⚠')
  await panel.setProps({ clock: START + 1_000 })
  expect(panel.text()).toContain('⚠ 引用已过期')
})
