import { afterEach, expect, test, vi } from 'vitest'
import { ProblemError } from '../../../api/client'
import { mountIn } from '../../../testing/mounting'
import { START } from '../../../testing/rooms'
import MinuteEvents from './MinuteEvents.vue'
import type { MinuteEvent } from './minute'

const event = (sequence: number, known: Partial<MinuteEvent> = {}): MinuteEvent => ({
  sequence,
  at: START + sequence * 1_000,
  type: 'comment',
  name: `观众${sequence}`,
  text: '',
  ...known,
})
const EVENTS = [
  event(1, { text: '=1+1 多少钱' }),
  event(2, { type: 'join', source: 'feed' }),
  event(3, { type: 'order_paid', product: 'p-7', amount: 2_990 }),
  event(4, { type: 'like', name: '', count: 8 }),
  event(5, { type: 'crew.adjustment_made', name: '', text: '改节奏' }),
  event(6, { type: 'shop.price_label_moved' }),
]

function panelOf(known: Record<string, unknown> = {}) {
  const panel = mountIn(MinuteEvents, {
    props: {
      at: START,
      metric: 'online',
      answered: { events: EVENTS, complete: true },
      failure: null,
      names: new Map([['p-7', '油污喷雾']]),
      mayExport: true,
      ...known,
    },
  })
  const rows = () => panel.findAll('[data-testid=minute-row]').map((row) => row.text())
  return { panel, rows }
}
afterEach(() => vi.unstubAllGlobals())

test('each event is told in words: when, what, who, and what there is to it', () => {
  const { panel, rows } = panelOf()
  expect(panel.text()).toContain('20:00 的事件')
  expect(rows()).toEqual([
    '20:00:01弹幕观众1=1+1 多少钱',
    '20:00:02进入观众2推荐',
    '20:00:03付款观众3油污喷雾 · ¥29.90',
    '20:00:04点赞—×8',
    '20:00:05调整—改节奏',
    '20:00:06shop.price_label_moved观众6',
  ])
})

test('a search finds among names, types and contents', async () => {
  const { panel, rows } = panelOf()
  await panel.get('input').setValue('油污')
  expect(rows()).toHaveLength(1)
  await panel.get('input').setValue('没有这个')
  expect(panel.text()).toContain('没有符合的事件')
})

test('the type is chosen among all there are, and what lies behind the metric', async () => {
  const { panel } = panelOf({ metric: 'retention' })
  const texts = panel.findAll('option').map((option) => option.text())
  expect(texts).toContain('“留存率（60 秒）”背后的')
  expect(texts).toContain('付款')
  await panel.get('select').setValue('order_paid')
  expect(panel.emitted('update:choice')).toEqual([['order_paid']])
})

test('events that are not all say so', () => {
  const { panel } = panelOf({ answered: { events: EVENTS, complete: false } })
  expect(panel.text()).toContain('只显示前 6 条')
})

test('a minute that is loading, empty or unreachable says which', async () => {
  const { panel } = panelOf({ answered: undefined })
  expect(panel.text()).toContain('加载中')
  await panel.setProps({ answered: { events: [], complete: true } })
  expect(panel.text()).toContain('这一分钟没有事件')
  const failure = new ProblemError({ type: '', code: 'busy', title: '数据库繁忙', status: 503 })
  await panel.setProps({ answered: undefined, failure })
  await panel.get('[role=alert] button').trigger('click')
  expect(panel.emitted('retry')).toHaveLength(1)
})

test('the shown rows are exported, and no cell is a formula', async () => {
  const blobs: Blob[] = []
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    blobs.push(blob as Blob)
    return 'blob:x'
  })
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation(() => {})
  const { panel } = panelOf()
  await panel.get('input').setValue('多少钱')
  await panel.findAll('button')[0]?.trigger('click')
  const lines = (await blobs[0]?.text())?.trimEnd().split('\r\n') ?? []
  expect(lines).toHaveLength(2)
  expect(lines[0]).toContain('时间,类型,昵称')
  expect(lines[1]).toContain("弹幕,观众1,'=1+1 多少钱")
})

test('who may not take data out finds no button for it', () => {
  const { panel } = panelOf({ mayExport: false })
  expect(panel.findAll('button').map((button) => button.text())).toEqual(['关闭'])
})

test('Escape closes it', async () => {
  const { panel } = panelOf()
  await panel.get('input').trigger('keydown', { key: 'Escape' })
  expect(panel.emitted('close')).toHaveLength(1)
})
