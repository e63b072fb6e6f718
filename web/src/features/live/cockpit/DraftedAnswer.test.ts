import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Action } from '../../../api/session'
import { mountIn } from '../../../testing/mounting'
import { delta, question, roomView, START, show } from '../../../testing/rooms'
import { type Asked, fakeServer, problem } from '../../../testing/server'
import { FakeSocket, fakeSockets } from '../../../testing/sockets'
import CockpitPage from './CockpitPage.vue'
import type { AnswerDraft } from './drafts'
import type { Offered } from './offers'

let page: VueWrapper
let asked: Asked[]
let number = 0
/** What the card offers by itself, and how the model's answer is awaited. */
let offered: Offered[]
let drafting: (answered: { status: number; body: unknown }) => void

const plain: Offered = {
  faq: null,
  question: null,
  level: 'C',
  template: '直播价{{live_price #3}}，机洗要套网',
  text: '直播价¥129，机洗要套网',
  quotes: [
    { product: 'p-3', sku: null, field: 'live_price', version: 2, value: '¥129', since: START - 60_000 },
  ],
  missing: [],
  trust_permille: null,
  why: [],
}
const ready: AnswerDraft = {
  model: 'made-up-model',
  written: '直播价{{price}}，机洗要套网',
  ready: { answer: plain, question: '能机洗吗', entry: '直播价{{price}}，机洗要套网', product: 'p-3' },
  refused: [],
}

beforeEach(() => {
  document.body.innerHTML = '<div id="bar-slot"></div>'
  fakeSockets()
  offered = []
  asked = fakeServer(({ path }) => {
    if (path.endsWith('/lineup')) return { status: 200, body: { items: [] } }
    if (path.endsWith('/effects')) return { status: 200, body: { adjustments: [] } }
    if (path.endsWith('/hesitations')) return { status: 200, body: { clock: START, groups: [], unnamed: 0 } }
    if (path.endsWith('/answers')) return { status: 200, body: { answers: offered } }
    if (path.endsWith('/draft')) return new Promise((done) => (drafting = done))
    return { status: 200, body: { sequence: 1, duplicate: false } }
  })
})
afterEach(() => page.unmount())

async function open(
  drafts: string | undefined = 'made-up-model',
  permissions: Action[] = ['answer_question', 'edit_faq'],
) {
  number += 1
  page = mountIn(CockpitPage, {
    props: { show: `draft-${number}` },
    permissions,
    drafts,
    global: { stubs: { TimelineChart: true } },
  })
  const view = roomView({ sequence: 10, questions: [question(1, { text: '能机洗吗' }), question(2)] })
  FakeSocket.last.send({ type: 'snapshot', server_time: START, show: show(), view })
  await flushPromises()
}
async function press(key: string) {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  await flushPromises()
}
async function drafted(body: unknown, status = 200) {
  drafting({ status, body })
  await flushPromises()
}
const posts = (end: string) => asked.filter((one) => one.method === 'POST' && one.path.endsWith(end))
const draft = () => page.find('[data-testid=draft]')

test('a server without a model offers no draft, by no key either', async () => {
  await open('')
  expect(draft().exists()).toBe(false)
  await press('t')
  expect(posts('/draft')).toEqual([])
})

test('a card whose answer is sure needs no draft, and who may not answer is offered none', async () => {
  offered = [{ ...plain, text: '直播价¥129' }]
  await open()
  expect(draft().exists()).toBe(false)
  await press('t')
  expect(posts('/draft')).toEqual([])
  page.unmount()
  offered = []
  await open('made-up-model', ['edit_faq'])
  expect(draft().exists()).toBe(false)
})

test('T asks for a draft, the other answers stay in use meanwhile, and 4 sends what came', async () => {
  offered = [
    { ...plain, faq: 'f-1', question: '怎么洗', trust_permille: 300, text: '手洗更好', template: '手洗更好' },
  ]
  await open()
  await press('t')
  await press('t')
  expect(posts('/draft')).toHaveLength(1)
  expect(draft().text()).toContain('模型起草中')
  await press('4')
  expect(posts('/answer')).toEqual([])
  expect(page.get('[data-testid=send-offered]').attributes('disabled')).toBeUndefined()
  await drafted(ready)
  expect(draft().text()).toContain('直播价¥129，机洗要套网')
  expect(draft().text()).toContain('由模型起草 · made-up-model')
  expect(draft().text()).toContain('直播价 v2')
  expect(posts('/answer')).toEqual([])
  await press('4')
  expect(posts('/answer')[0]?.path).toMatch(/\/questions\/1\/answer$/)
  expect(posts('/answer')[0]?.body).toMatchObject({ text: plain.template, expected: plain.text, faq: null })
})

test('a card is answered while the model is still at it', async () => {
  offered = [
    { ...plain, faq: 'f-1', question: '怎么洗', trust_permille: 300, text: '手洗更好', template: '手洗更好' },
  ]
  await open()
  await press('t')
  await press('1')
  expect(posts('/answer')[0]?.body).toMatchObject({ expected: '手洗更好', faq: 'f-1' })
  await drafted(ready)
  expect(posts('/answer')).toHaveLength(1)
})

test('a draft is rewritten in the line, and kept as a draft of the library', async () => {
  await open()
  await page.get('[data-testid=ask-draft]').trigger('click')
  await drafted(ready)
  await page.get('[data-testid=keep-draft]').trigger('click')
  await flushPromises()
  expect(posts('/faq')[0]?.body).toEqual({
    question: '能机洗吗',
    short: '直播价{{price}}，机洗要套网',
    level: 'B',
    state: 'draft',
    scope: { of: 'product', ids: ['p-3'] },
  })
  expect(draft().text()).toContain('已存入话术库草稿')
  await page.get('[data-testid=rewrite-draft]').trigger('click')
  await flushPromises()
  expect((document.activeElement as HTMLInputElement).value).toBe(plain.template)
})

test('a draft that was refused says why and cannot be sent', async () => {
  await open()
  await press('t')
  const reasons = [{ code: 'wording', why: { zh: '“全网最低”：无依据的最低价', en: 'lowest' } }]
  await drafted({ model: 'made-up-model', written: '<b>全网最低</b>', ready: null, refused: reasons })
  expect(draft().text()).toContain('草稿未通过：“全网最低”：无依据的最低价')
  expect(draft().get('.struck').element.textContent).toBe('<b>全网最低</b>')
  expect(page.find('[data-testid=send-draft]').exists()).toBe(false)
  await press('4')
  expect(posts('/answer')).toEqual([])
})

test('a model that took too long is named, and can be asked again', async () => {
  await open()
  await press('t')
  await drafted(problem(504, '模型超时未返回').body, 504)
  expect(draft().text()).toContain('没有草稿：模型超时未返回')
  await press('t')
  expect(posts('/draft')).toHaveLength(2)
})

test('a draft is not sent as it is once facts have changed', async () => {
  await open()
  await press('t')
  await drafted(ready)
  FakeSocket.last.send({ type: 'delta', server_time: START, delta: delta(10, 11, { facts_told: 11 }) })
  await flushPromises()
  expect(draft().text()).toContain('商品资料有变')
  expect(page.get('[data-testid=send-draft]').attributes('disabled')).toBeDefined()
  await press('4')
  expect(posts('/answer')).toEqual([])
})
