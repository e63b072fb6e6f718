import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import { ProblemError } from '../../../api/client'
import { setLanguage } from '../../../i18n'
import { mountIn } from '../../../testing/mounting'
import { MINUTE, START } from '../../../testing/rooms'
import HesitationsPanel from './HesitationsPanel.vue'
import { differenceText, type Figures, type Open } from './hesitations'

const open = (link: number, known: Partial<Open> = {}): Open => ({
  product: `p-${link}`,
  link_number: link,
  product_name: `商品${link}`,
  doubt: 'price',
  viewers: 1,
  names: ['小圆'],
  text: '有点贵',
  at: START,
  hesitations: [link],
  line: {
    variant: 0,
    template: '花钱谨慎很正常，现在直播价{{live_price #1}}',
    text: `花钱谨慎很正常，现在直播价¥129.00，觉得合适就拍${link}号链接`,
    facts: [
      {
        product: `p-${link}`,
        sku: null,
        field: 'live_price',
        version: 2,
        value: '¥129.00',
        valid_to: null,
        since: START - 3 * MINUTE,
      },
    ],
  },
  ...known,
})
const figures = (known: Partial<Figures> = {}): Figures => ({
  orders_known: true,
  lines: 4,
  addressed: 12,
  guided: 3,
  offered: { hesitated: 80, ordered: 8, running: 2 },
  held_out: { hesitated: 20, ordered: 1, running: 0 },
  enough_from: 30,
  difference: null,
  ...known,
})

function panelOf(groups: Open[], known: Record<string, unknown> = {}) {
  const say = vi.fn(async () => true)
  const panel = mountIn(HesitationsPanel, {
    props: {
      groups,
      figures: figures(),
      clock: START + MINUTE,
      pending: false,
      failure: null,
      maySay: true,
      mayPush: true,
      say,
      ...known,
    },
  })
  const press = async (key: string) => {
    await panel.get('[role=list]').trigger('keydown', { key })
    await flushPromises()
  }
  const rows = () => panel.findAll('[data-testid=hesitation]')
  return { panel, say, press, rows }
}
afterEach(() => {
  vi.unstubAllGlobals()
  setLanguage('zh-CN')
})

test('each group says how many doubt what in which words, and its line with the facts and their age', () => {
  const { rows } = panelOf([
    open(1, { viewers: 7, names: ['小圆', '阿木'] }),
    open(2, { doubt: 'unsaid', text: '', names: [] }),
  ])
  const [first, second] = rows().map((row) => row.text())
  expect(first).toContain('1 号')
  expect(first).toContain('嫌贵')
  expect(first).toContain('7 人')
  expect(first).toContain('小圆、阿木 等 7 人')
  expect(first).toContain('有点贵')
  expect(first).toContain('觉得合适就拍1号链接')
  expect(first).toContain('直播价 ¥129.00 · v2 · 4 分钟前')
  expect(second).toContain('看了没拍')
})

test('by keyboard alone a line goes to the host, or is queued and copied as a reply', async () => {
  const writeText = vi.fn(async () => undefined)
  vi.stubGlobal('navigator', { clipboard: { writeText } })
  const groups = [open(1), open(2)]
  const { panel, say, press, rows } = panelOf(groups)
  expect(rows()[0]?.attributes('aria-current')).toBe('true')
  await press('Enter')
  await press('j')
  await press('y')
  expect(say.mock.calls).toEqual([
    ['card', groups[0]],
    ['reply', groups[1]],
  ])
  expect(writeText).toHaveBeenCalledWith(groups[1]?.line.text)
  expect(panel.get('[role=status]').text()).toBe('已排队，话术已复制')
})

test('a line that was refused is not copied, and without a clipboard it says where the reply is', async () => {
  vi.stubGlobal('navigator', {})
  const refused = panelOf([open(1)], { say: vi.fn(async () => false) })
  await refused.press('y')
  expect(refused.panel.get('[role=status]').text()).toBe('')
  const queued = panelOf([open(1)])
  await queued.press('y')
  expect(queued.panel.get('[role=status]').text()).toContain('到“回复”里取')
})

test('who may not push cards gets the reply only, and who may not answer gets neither', async () => {
  const reply = panelOf([open(1)], { mayPush: false })
  expect(reply.panel.text()).not.toContain('推给主播')
  await reply.press('Enter')
  expect(reply.say).not.toHaveBeenCalled()
  const neither = panelOf([open(1)], { maySay: false })
  expect(neither.panel.findAll('button')).toEqual([])
  await neither.press('y')
  expect(neither.say).not.toHaveBeenCalled()
})

test('the figures stand beside the hold-out, with an interval or why there is none', () => {
  const told = (known: Partial<Figures>) =>
    differenceText(figures(known), (key, words) => `${key} ${JSON.stringify(words)}`)
  expect(panelOf([]).panel.get('[data-testid=guided]').text()).toMatch(
    /引导成交 3（催过 12）.*可催组下单 8\/80 10\.0%.*对照组下单 1\/20 5\.00%.*各满 30 才比较/,
  )
  const difference = { points_ppm: 52_000, low_ppm: 10_000, high_ppm: 90_000 }
  expect(told({ difference })).toBe('hesitations.difference {"points":"+5.2","low":"+1.0","high":"+9.0"}')
  expect(told({ difference: { ...difference, low_ppm: -10_000 } })).toMatch(/^hesitations.notDistinguishable/)
  expect(told({ orders_known: false })).toMatch(/^hesitations.ordersUnknown/)
})

test('nothing, loading and a failure each say so, and many are searched', async () => {
  expect(panelOf([]).panel.text()).toContain('现在没有可以催的犹豫观众')
  expect(panelOf([], { pending: true }).panel.text()).toContain('加载中')
  const failure = new ProblemError({ type: '', code: 'busy', title: '处理不过来', status: 503 })
  const failed = panelOf([], { failure })
  expect(failed.panel.get('[role=alert]').text()).toContain('处理不过来')
  await failed.panel.get('[role=alert] button').trigger('click')
  expect(failed.panel.emitted('retry')).toHaveLength(1)

  const { panel, rows } = panelOf([1, 2, 3, 4, 5, 6].map((link) => open(link)))
  await panel.get('input').setValue('商品4')
  expect(rows().map((row) => row.text().includes('4 号'))).toEqual([true])
  await panel.get('input').setValue('没有这个')
  expect(panel.text()).toContain('没有符合的')
})

test('it speaks English too', () => {
  setLanguage('en')
  expect(panelOf([open(1)]).panel.text()).toContain('too dear')
})
