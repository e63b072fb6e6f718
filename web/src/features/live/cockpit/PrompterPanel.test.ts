import { expect, test, vi } from 'vitest'
import { mountIn } from '../../../testing/mounting'
import { card, START } from '../../../testing/rooms'
import PrompterPanel from './PrompterPanel.vue'

function panelOf(known: Record<string, unknown> = {}) {
  const push = vi.fn(async () => true)
  const panel = mountIn(PrompterPanel, { props: { cards: [], mayPush: true, push, ...known } })
  return { panel, push }
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
