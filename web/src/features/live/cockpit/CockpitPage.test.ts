import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Action } from '../../../api/session'
import { mountIn } from '../../../testing/mounting'
import {
  alarm,
  card,
  comment,
  delta,
  entry,
  question,
  roomView,
  START,
  saying,
  show,
  staleQuote,
} from '../../../testing/rooms'
import { type Asked, fakeServer, problem } from '../../../testing/server'
import { FakeSocket, fakeSockets } from '../../../testing/sockets'
import CockpitPage from './CockpitPage.vue'

let page: VueWrapper
let asked: Asked[]
let refusing = false
let number = 0
const ALL: Action[] = [
  'answer_question',
  'stage_item',
  'push_card',
  'place_marker',
  'take_note',
  'handle_alarm',
  'log_adjustment',
  'tend_sayings',
]
const item = (n: number) => ({
  position: n,
  product: { id: `p-${n}`, link_number: n, name: `商品${n}`, price_fen: n * 100 },
})

beforeEach(() => {
  document.body.innerHTML = '<div id="bar-slot"></div>'
  fakeSockets()
  refusing = false
  asked = fakeServer(({ path }) => {
    if (path.endsWith('/lineup')) return { status: 200, body: { items: [item(1), item(2)] } }
    if (path.includes('/minutes/')) return { status: 200, body: { events: [], complete: true } }
    if (path.endsWith('/effects')) return { status: 200, body: { adjustments: [] } }
    if (path.endsWith('/answers')) return { status: 200, body: { answers: [] } }
    if (path.endsWith('/hesitations')) return { status: 200, body: { clock: START, groups: [], unnamed: 0 } }
    if (refusing) return problem(409, '这个问题已经有人处理了')
    return { status: 200, body: { sequence: 1, duplicate: false } }
  })
})
afterEach(() => page.unmount())

async function open(view: Parameters<typeof roomView>[0] = {}, about = show(), permissions = ALL) {
  number += 1
  page = mountIn(CockpitPage, {
    props: { show: `show-${number}` },
    permissions,
    global: { stubs: { TimelineChart: true } },
  })
  FakeSocket.last.send({ type: 'snapshot', server_time: START, show: about, view: roomView(view) })
  await flushPromises()
}
async function change(from: number, known: Parameters<typeof delta>[2]) {
  FakeSocket.last.send({ type: 'delta', server_time: START, delta: delta(from, from + 1, known) })
  await flushPromises()
}
/** A key goes to whatever has the focus. */
async function press(key: string) {
  const target = document.activeElement ?? document.body
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  await flushPromises()
}
async function type(text: string) {
  const input = document.activeElement as HTMLInputElement
  input.value = text
  input.dispatchEvent(new Event('input', { bubbles: true }))
  await flushPromises()
}
const sent = () =>
  asked
    .filter((one) => one.method === 'POST' && !one.path.endsWith('/claim'))
    .map(({ path, body }) => ({ path, ...body }))
const cards = () => page.findAll('[data-testid=question-card]').map((one) => one.attributes('data-id'))

test('a question is answered by keyboard alone', async () => {
  await open({ questions: [question(1), question(2), question(3)] })
  await press('j')
  await press('Enter')
  await type('48 小时内发货')
  await press('Enter')
  expect(sent()).toMatchObject([{ text: '48 小时内发货', spoken: false }])
  expect(sent()[0]?.path).toMatch(/\/questions\/2\/answer$/)
  expect(cards()).toEqual(['1', '3'])
  await press('h')
  expect(sent()[1]).toMatchObject({ text: null, spoken: true })
  expect(sent()[1]?.path).toMatch(/\/questions\/3\/answer$/)
})

test('letters that are typed after somebody else closed the question go on being text', async () => {
  await open({ sequence: 10, questions: [question(1), question(2)] })
  await press('Enter')
  await type('马上')
  await change(10, { questions: [question(1, { state: 'answered', closed_at: START })] })
  expect(document.activeElement?.tagName).toBe('INPUT')
  await press('h')
  await press('s')
  expect(sent()).toEqual([])
  expect((document.activeElement as HTMLInputElement).value).toBe('马上')
  expect(page.text()).toContain('已有人答复')
})

test('an answer that was refused says why and is not lost', async () => {
  await open({ questions: [question(1)] })
  refusing = true
  await press('Enter')
  await type('48 小时内发货')
  await press('Enter')
  const refusals = page.get('[data-testid=refusals]')
  expect(refusals.text()).toContain('这个问题已经有人处理了')
  expect(refusals.text()).toContain('48 小时内发货')
  await press('Enter')
  expect((document.activeElement as HTMLInputElement).value).toBe('48 小时内发货')
  await refusals.get('button').trigger('click')
  expect(page.find('[data-testid=refusals]').exists()).toBe(false)
})

test('what is being typed survives a stream that has to begin anew', async () => {
  await open({ sequence: 10, questions: [question(1)] })
  await press('n')
  await type('半句备')
  await change(55, {})
  expect(FakeSocket.opened).toHaveLength(2)
  expect((document.activeElement as HTMLInputElement).value).toBe('半句备')
})

test('the keys stage, mark, note and push', async () => {
  await open()
  await press(']')
  await press('s')
  expect(sent()[0]).toMatchObject({ product: 'p-2' })
  for (const [key, end] of [
    ['m', '/markers'],
    ['n', '/notes'],
    ['p', '/prompter/cards'],
    ['r', '/replies'],
    ['o', '/lines'],
  ] as const) {
    await press(key)
    await type('话')
    await press('Enter')
    expect(sent().at(-1)?.path.endsWith(end)).toBe(true)
    await press('Escape')
  }
})

test('F refreshes one thing that quotes an old price, U all of them, and the line-up is asked for again', async () => {
  const lineups = () => asked.filter((one) => one.path.endsWith('/lineup')).length
  await open({ sequence: 10, prompter: [card('c')], sayings: [saying('r', 'reply')] })
  await press('u')
  expect(sent()).toEqual([])
  const before = lineups()
  const stale = [staleQuote('c', 'card'), staleQuote('r', 'reply')]
  await change(10, {
    facts_told: 11,
    prompter: [card('c', { stale: 'changed' })],
    sayings: [saying('r', 'reply', { stale: 'changed' })],
    stale,
  })
  expect(page.get('[data-testid=stale-list]').text()).toContain('2 处')
  expect(page.findAll('[data-testid=stale-mark]')).toHaveLength(2)
  expect(lineups()).toBe(before + 1)
  await press('f')
  await press('u')
  const ends = sent().map((one) => one.path.split('/').slice(-3).join('/'))
  expect(ends).toEqual(['sayings/c/refresh', 'sayings/c/refresh', 'sayings/r/refresh'])
})

test('A leads to the alarms, whose keys leave the questions alone', async () => {
  await open({ questions: [question(1), question(2)], alarms: [alarm('device a 1'), alarm('device b 2')] })
  await press('a')
  await press('j')
  await press('Enter')
  await press('3')
  await press('c')
  await type('换了备线')
  await press('Enter')
  const base = `/api/v1/shows/show-${number}/alarms/device%20b%202`
  expect(sent().map((one) => one.path)).toEqual([
    `${base}/take`,
    `${base}/steps/keep_talking/done`,
    `${base}/close`,
  ])
  // Out of the queue, the same keys speak of the questions again.
  await press('Escape')
  await press('j')
  await press('h')
  expect(sent().at(-1)?.path).toMatch(/\/questions\/2\/answer$/)
})

test('D logs a change, and its list is asked for again when anybody logged one', async () => {
  await open({ sequence: 10 })
  await press('d')
  await type('讲解加快')
  await press('Enter')
  expect(sent()[0]).toMatchObject({ change: 'pace', product: null, text: '讲解加快' })
  const lists = () => asked.filter((one) => one.path.endsWith('/effects')).length
  const before = lists()
  const logged = entry(11, { what: 'adjustment_made', subject: 'pace', text: '讲解加快' })
  await change(10, { timeline: [logged] })
  expect(lists()).toBe(before + 1)
})

test('a click on the course opens the events of its minute, and Escape closes them', async () => {
  await open({}, show(), [...ALL, 'view_review'])
  page.getComponent({ name: 'TimelineChart' }).vm.$emit('seek', START + 5_000, 'online')
  await flushPromises()
  expect(asked.at(-1)?.path).toMatch(new RegExp(`/minutes/${START}/events\\?types=comment`))
  expect(page.find('[data-testid=minute-events]').exists()).toBe(true)
  await press('Escape')
  expect(page.find('[data-testid=minute-events]').exists()).toBe(false)
})

test('the keys are shown on ?, beside the cockpit and not before it', async () => {
  await open()
  await press('?')
  const keys = page.get('aside.keys').findAll('dd')
  expect(keys.length).toBeGreaterThan(10)
  for (const meaning of keys) expect(meaning.text()).not.toMatch(/^keys\./)
  expect(document.querySelector('[role=dialog], [aria-modal=true], dialog')).toBeNull()
  await press('Escape')
  expect(page.find('aside.keys').exists()).toBe(false)
})

test('who may only look finds nothing to type or press', async () => {
  await open({ questions: [question(1)], stage: { product: 'p-1', since: START } }, show(), [])
  await press('h')
  await press('s')
  await press('Enter')
  expect(sent()).toEqual([])
  const lines = page.findAll('input').map((input) => input.attributes('aria-label'))
  expect(lines.sort()).toEqual(['搜弹幕、昵称', '链接号或品名'])
  expect(page.text()).not.toContain('下讲解')
})

test.each([
  ['planned', '还没开播'],
  ['ended', '已下播'],
])('a show that is %s offers no commands and says why', async (status, words) => {
  await open({ questions: [question(1)] }, show({ status }))
  expect(page.text()).toContain(words)
  await press('h')
  expect(sent()).toEqual([])
  expect(page.findAll('input')).toHaveLength(2)
})

test('a show without any event yet has no time of day', async () => {
  await open({ clock: 0 }, show({ status: 'planned' }))
  expect(document.body.textContent).not.toMatch(/\d\d:\d\d:\d\d/)
})

test('an item that the line-up does not know yet is asked for', async () => {
  await open({ sequence: 10 })
  const before = asked.filter((one) => one.path.endsWith('/lineup')).length
  await change(10, { stage: { product: 'p-99', since: START } })
  expect(asked.filter((one) => one.path.endsWith('/lineup'))).toHaveLength(before + 1)
})

test('a broken connection is an amber pill, and everything stays where it is', async () => {
  await open({ comments: [comment(1)], questions: [question(1)] })
  expect(document.querySelector('[data-testid=connection-pill]')).toBeNull()
  FakeSocket.last.drop()
  await flushPromises()
  expect(document.querySelector('[data-testid=connection-pill]')?.className).toContain('lost')
  expect(cards()).toEqual(['1'])
})

test('an ended session leads to the sign-in', async () => {
  await open()
  const refused = { type: '/problems/x', code: 'unauthenticated', title: '请先登录', status: 401 }
  FakeSocket.last.send({ type: 'refused', problem: refused })
  await flushPromises()
  expect(document.querySelector('#bar-slot a[href*="sign-in"]')?.textContent).toBe('登录')
})

const offered = (text: string | null, more: Record<string, unknown> = {}) => ({
  faq: 'f-1',
  question: '什么时候发货',
  level: 'A',
  template: '{{shipping_promise #1}}',
  text,
  quotes: [],
  missing: [],
  trust_permille: 900,
  why: [],
  ...more,
})
function offering(answers: unknown[]) {
  asked = fakeServer(({ path }) => {
    if (path.endsWith('/answers')) return { status: 200, body: { answers } }
    if (path.endsWith('/lineup')) return { status: 200, body: { items: [item(1)] } }
    if (path.endsWith('/effects')) return { status: 200, body: { adjustments: [] } }
    return { status: 200, body: { sequence: 1, duplicate: false } }
  })
}

test('one key sends an answer that the card offers, as it was read, the way that was chosen', async () => {
  offering([offered('48 小时内发货'), offered('当天发', { template: '当天发', faq: null })])
  await open({ questions: [question(1), question(2)] })
  expect(page.get('[data-testid=offered]').text()).toContain('48 小时内发货')
  await page.get('[data-testid=reply-route]').setValue('prompter')
  await press('1')
  expect(sent()).toMatchObject([
    { text: '{{shipping_promise #1}}', expected: '48 小时内发货', faq: 'f-1', route: 'prompter' },
  ])
  expect(sent()[0]?.path).toMatch(/\/questions\/1\/answer$/)
  expect(cards()).toEqual(['2'])
  await press('2')
  expect(sent()[1]).toMatchObject({ text: '当天发', expected: '当天发', faq: null })
})

test('an answer that lacks something says what and cannot be sent', async () => {
  offering([offered(null, { missing: [{ zh: '材质', en: 'material' }] })])
  await open({ questions: [question(1)] })
  expect(page.get('[data-testid=offered]').text()).toContain('缺：材质')
  expect(page.get('[data-testid=send-offered]').attributes('disabled')).toBeDefined()
  await press('1')
  expect(sent()).toEqual([])
})

test('each question that was not solved is opened by keyboard, with what came after its answer', async () => {
  asked = fakeServer(({ path }) => {
    const unsolved = { why: 'asked_again' as const, comment: 9, at: START + 90_000, text: '到底几天发' }
    const failed = [
      question(2, { text: '能开票吗', state: 'missed', closed_at: START + 600_000 }),
      question(3, { text: '有赠品吗', state: 'missed', closed_at: START + 90_000 }),
      question(1, {
        text: '几天发货',
        state: 'answered',
        answer: '48 小时内',
        closed_at: START + 12_000,
        unsolved,
      }),
    ]
    const answering = { missed: 3, unsolved: 1 }
    if (path.endsWith('/questions')) return { status: 200, body: { answering, failed } }
    if (path.endsWith('/lineup')) return { status: 200, body: { items: [] } }
    return { status: 200, body: { adjustments: [], answers: [], events: [], complete: true } }
  })
  const answering = {
    asked: 9,
    answered: 6,
    automatic: 0,
    in_time: 5,
    missed: 3,
    solved: 3,
    unsolved: 1,
    open: 0,
  }
  await open({ answering }, show(), [...ALL, 'view_review'])
  await press('q')
  expect(page.get('[data-testid=solved-figures]').text()).toContain(
    '已解决 75.0%＝已解决 3 ÷（已解决 3＋未解决 1）；答后未满三分钟 2，漏答 3',
  )
  expect(page.get('[data-testid=failed-questions]').text()).toContain('更早的 1 个不再列出')
  const rows = page.findAll('[data-testid=failed-question]').map((one) => one.text())
  expect(rows[0]).toContain('十分钟没人答')
  expect(rows[1]).toContain('待答满 500 个')
  await press('j')
  await press('j')
  await press('Enter')
  const row = page.findAll('[data-testid=failed-question]')[2]
  for (const words of ['几天发货', '48 小时内', '答后又问', '到底几天发', '12 秒，按时', '1 人问'])
    expect(row?.text()).toContain(words)
  await press('v')
  expect(
    asked.some(({ path }) => path.includes(`/minutes/${Math.floor((START + 90_000) / 60_000) * 60_000}/`)),
  ).toBe(true)
})

test('one key sends the sure answers of the cards at the head of the desk, and no other', async () => {
  const byQuestion: Record<string, unknown> = {
    1: offered('48 小时内发货'),
    2: offered('大概可以', { trust_permille: 600 }),
    3: offered('只有人能答', { level: 'C' }),
    4: offered('还有 12 件', { faq: null, trust_permille: null }),
    5: offered('包邮'),
  }
  asked = fakeServer(({ path }) => {
    const of = path.match(/questions\/(\d+)\/answers$/)?.[1]
    if (of) return { status: 200, body: { answers: [byQuestion[of]] } }
    if (path.endsWith('/lineup')) return { status: 200, body: { items: [item(1)] } }
    if (path.endsWith('/effects')) return { status: 200, body: { adjustments: [] } }
    return { status: 200, body: { sequence: 1, duplicate: false } }
  })
  const claimed = { claimed_by: 'mei', claimed_until: START + 30_000 }
  await open({ questions: [1, 2, 3, 4].map((id) => question(id)).concat(question(5, claimed)) })
  // What is pasted by hand goes one by one.
  await press('g')
  expect(sent()).toEqual([])
  await page.get('[data-testid=reply-route]').setValue('overlay')
  expect(page.findAll('[data-testid=sure]').map((one) => one.text())).toEqual([
    'G 48 小时内发货',
    'G 还有 12 件',
  ])
  expect(page.get('[data-testid=send-sure]').text()).toContain('一次发 2 条')
  await press('g')
  expect(sent().map(({ path }) => path.match(/questions\/(\d+)/)?.[1])).toEqual(['1', '4'])
  expect(sent()[0]).toMatchObject({ expected: '48 小时内发货', route: 'overlay' })
  expect(cards()).toEqual(['2', '3', '5'])
})

test('a card that waits and is late already counts as late, not only once it is answered', async () => {
  const answering = {
    asked: 5,
    answered: 3,
    automatic: 0,
    in_time: 3,
    missed: 0,
    solved: 0,
    unsolved: 0,
    open: 2,
  }
  await open({
    answering,
    questions: [question(1, { at: START - 40_000 }), question(2, { at: START - 5_000 })],
  })
  expect(page.text()).toContain('30 秒内答复 75.0%')
})
