import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Action } from '../../../api/session'
import { mountIn } from '../../../testing/mounting'
import { demandCard, roomView, START, show } from '../../../testing/rooms'
import { type Asked, fakeServer } from '../../../testing/server'
import { FakeSocket, fakeSockets } from '../../../testing/sockets'
import CockpitPage from '../cockpit/CockpitPage.vue'
import { bars, type DemandCard, speed } from './demand'

let page: VueWrapper
let asked: Asked[]
let number = 0
const LINE = '好多家人要红色：3 号链接红色 还有 {{stock #3 red}} 件'

function offer(card: DemandCard) {
  return {
    card,
    link_number: 3,
    name: '羽绒服',
    offered: card.wanted.colour === '红色',
    skus: [
      {
        sku: 'red',
        label: '红色',
        stock: { value: 10, version: 2, at: START - 40_000, of_ledger: true },
      },
    ],
    line: card.wanted.colour === '红色' ? LINE : null,
    said: card.wanted.colour === '红色' ? LINE.replace('{{stock #3 red}}', '10') : null,
  }
}

async function open(cards: DemandCard[], permissions: Action[] = ['push_card', 'answer_question']) {
  number += 1
  document.body.innerHTML = '<div id="bar-slot"></div>'
  fakeSockets()
  asked = fakeServer(({ path }) => {
    if (path.endsWith('/lineup')) return { status: 200, body: { items: [] } }
    if (path.endsWith('/effects')) return { status: 200, body: { adjustments: [] } }
    if (path.endsWith('/demand')) return { status: 200, body: { at: START, demands: cards.map(offer) } }
    return { status: 200, body: { sequence: 1, duplicate: false } }
  })
  page = mountIn(CockpitPage, {
    props: { show: `demand-${number}` },
    permissions,
    global: { stubs: { TimelineChart: true } },
  })
  const view = roomView({ demands: cards })
  FakeSocket.last.send({ type: 'snapshot', server_time: START, show: show(), view })
  await flushPromises()
  await flushPromises()
}
async function press(key: string) {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  await flushPromises()
}
const sent = () => asked.filter((one) => one.method === 'POST').map(({ path, body }) => ({ path, ...body }))
const shown = () => page.findAll('[data-testid=demand-card]')

beforeEach(() => localStorage.clear())
afterEach(() => page.unmount())

test('a demand says what, how many, how fast, what there is of it and how old that is', async () => {
  await open([demandCard(7, { viewers: 40, comments: 43, recent: 39 })])
  const text = shown()[0]?.text() ?? ''
  for (const part of [
    '要规格 红色',
    '3 羽绒服',
    '40 人要',
    '每分钟 13 人',
    '红色 10 件',
    '40 秒前',
    '还有 10 件',
  ])
    expect(text).toContain(part)
})

test('one key pushes the line, once, and one says that it is done', async () => {
  await open([demandCard(7)])
  await press('w')
  await press('w')
  await press('x')
  expect(sent()).toMatchObject([{ level: 'yellow', text: LINE }, { text: '已推台词给主播' }])
  expect(sent()[0]?.path).toMatch(/\/prompter\/cards$/)
  expect(sent()[1]?.path).toMatch(/\/demand\/7\/close$/)
  expect(shown()).toEqual([])
  expect(page.text()).toContain('没有集中上升的需求')
})

test('a key goes on to the next demand, and a variant that is not sold says so', async () => {
  const purple = { kind: 'variant', colour: '紫色', size: null } as const
  await open([demandCard(9), demandCard(7, { wanted: purple })])
  await press('e')
  expect(page.get('[data-testid=demand-card].selected').attributes('data-id')).toBe('7')
  expect(shown()[1]?.text()).toContain('没卖这个规格')
  await press('w')
  expect(sent()).toEqual([])
  await press('x')
  expect(sent()).toMatchObject([{ text: '已处理' }])
})

test('who may not push or answer is offered neither', async () => {
  await open([demandCard(7)], [])
  await press('w')
  await press('x')
  expect(sent()).toEqual([])
  expect(shown()[0]?.findAll('button')).toEqual([])
})

test('without any demand it says so, and what the last one was', async () => {
  await open([demandCard(7, { state: 'over', closed_at: START })])
  expect(shown()).toEqual([])
  expect(page.text()).toContain('刚才：要规格 红色（已回落）')
})

test('a small speed has a digit, and a bar that is there can be seen', () => {
  expect([speed(demandCard(1, { recent: 5 })), speed(demandCard(1, { recent: 90 }))]).toEqual(['1.7', '30'])
  expect(bars([0, 1, 100])).toEqual([0, 8, 100])
  expect(bars([0, 0])).toEqual([0, 0])
})
