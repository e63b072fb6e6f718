import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Action } from '../../api/session'
import { check } from '../../testing/checks'
import { mountIn } from '../../testing/mounting'
import { BOUGHT } from '../../testing/orders'
import { type Asked, fakeServer, problem } from '../../testing/server'
import VerificationPage from './VerificationPage.vue'
import { askedKinds, following, goodsChanges, mapOf, settlementsOf } from './verification'

const said = {
  kind: 'said',
  code: 'other_variant',
  text: '买家说要 L，拍的是 M',
  line: 'tee-M',
  found: 'M',
  expected: 'L',
  fix: { of: 'line', line: 'tee-M', sku: 'tee-L' },
  comment: 88,
  disposition: 'person',
}
const rates = {
  let_go: 1_000,
  by_themselves: 950,
  fixed: 40,
  waiting: 2,
  wrong_held: 30,
  right_held: 5,
  second_right: 499,
  second_wrong: 1,
  goal_per_mille: 998,
}
const settings = {
  version: 0,
  settings: {
    ask: ['old_name'],
    waves: ['10:00', '16:00'],
    collections: ['18:30'],
    duplicate_minutes: 10,
    sample_per_mille: 10,
  },
  fixable: ['old_name', 'typo_town'],
}
let page: VueWrapper
let asked: Asked[]
let cards: ReturnType<typeof check>[]
let refusing: ReturnType<typeof problem> | null

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: BOUGHT })
  cards = [
    check('1'),
    check('2', { findings: [{ ...said, fix: null } as never], sure: false, difference: [] }),
    check('3', { findings: [said as never], difference: [] }),
  ]
  refusing = null
  asked = fakeServer(async ({ method, path }) => {
    if (path.includes('/rates')) return { status: 200, body: rates }
    if (path.includes('/settings')) return { status: 200, body: settings }
    if (path.startsWith('/api/v1/stock')) return { status: 200, body: { stocks: [], next: null } }
    if (method === 'POST') {
      if (refusing) return refusing
      if (path.endsWith('/undo')) cards = [check('1'), ...cards]
      else {
        const ids = path.endsWith('/decide') ? null : decodeURIComponent(path.split('/')[4] ?? '')
        cards = ids === null ? cards.filter((one) => !one.sure) : cards.filter((one) => one.order.id !== ids)
      }
      return { status: 200, body: { decided: [] } }
    }
    return { status: 200, body: { cards, next: null, counts: { waiting: cards.length, passed: 12 } } }
  })
})
afterEach(() => {
  page.unmount()
  vi.useRealTimers()
  document.body.innerHTML = ''
})

async function open(permissions: Action[] = ['view_orders', 'verify_orders']) {
  page = mountIn(VerificationPage, { permissions })
  await flushPromises()
}
async function press(...keys: string[]) {
  for (const key of keys) {
    window.dispatchEvent(new KeyboardEvent('keydown', { key }))
    await flushPromises()
  }
}
const sent = () => asked.filter((one) => one.method === 'POST')
const shown = () => page.findAll('[data-testid=row]').map((one) => one.find('b').text())

test('a card shows what was found, by when it is free to correct, and a map of what changes', async () => {
  await open()
  const card = page.find('[data-testid=card]')
  expect(card.text()).toContain('缺区县，可由街道推出')
  expect(card.text()).toContain('剩 1:00:00')
  expect(card.find('[data-part=county]').text()).toContain('没写')
  expect(card.find('[data-part=county]').text()).toContain('余杭区')
  expect(card.find('[data-part=city] del').text()).toBe('抗州')
  expect(card.find('[data-part=province]').text()).toContain('不变')
  expect(card.text()).toContain('138****8765')
})

test('one key decides and goes on to the next card', async () => {
  await open()
  await press('a')
  expect(sent()[0]?.path).toBe('/api/v1/orders/douyin%3A1/verification')
  expect(sent()[0]?.body).toEqual({ decision: 'accept', recipient: null, lines: [] })
  expect(shown()).toEqual(['2', '3'])
  expect(page.find('[data-testid=last]').text()).toContain('1 采纳修正')
  await press('j', 'e')
  expect(sent()[1]?.path).toContain('douyin%3A3')
  expect(sent()[1]?.body).toMatchObject({ decision: 'keep' })
})

test('what has no fix cannot be accepted, but asked, corrected or not sent', async () => {
  await open()
  await press('j', 'a')
  expect(sent()).toEqual([])
  expect(page.find('[data-testid=accept]').attributes('disabled')).toBeDefined()
  await press('q')
  expect(sent()[0]?.body).toMatchObject({ decision: 'ask' })
})

test('u takes back what was decided last, and the card is there again', async () => {
  await open()
  await press('a')
  await press('u')
  expect(sent()[1]?.path).toBe('/api/v1/orders/douyin%3A1/verification/undo')
  expect(shown()).toEqual(['1', '2', '3'])
  expect(page.find('[data-testid=last]').exists()).toBe(false)
})

test('what is refused comes back and says why', async () => {
  refusing = problem(409, '面单已打印')
  await open()
  await press('a')
  expect(page.find('[data-testid=refused]').text()).toContain('1: 面单已打印')
  expect(shown()).toEqual(['1', '2', '3'])
})

test('the sure ones are accepted together, after somebody said yes', async () => {
  await open()
  await press('b')
  expect(page.find('[data-testid=confirming]').text()).toContain('这 2 单')
  await press('Escape', 'Enter')
  expect(sent()).toEqual([])
  await press('b', 'Enter')
  expect(sent()[0]?.path).toBe('/api/v1/orders/verification/decide')
  expect(sent()[0]?.body).toEqual({ orders: ['douyin:1', 'douyin:3'], decision: 'accept' })
  expect(shown()).toEqual(['2'])
})

test('a correction says only what changes', async () => {
  await open()
  await press('c')
  const form = page.find('[data-testid=correct]')
  expect(form.find('button[type=submit]').attributes('disabled')).toBeDefined()
  await form.find('input[aria-label="规格"]').setValue('tee-L')
  await form.trigger('submit')
  await flushPromises()
  expect(sent()[0]?.body).toEqual({
    decision: 'correct',
    recipient: null,
    lines: [{ line: 'tee-M', sku: 'tee-L', quantity: 2 }],
    difference: null,
  })
})

test('second checks have keys of their own, and the rate stands against the goal', async () => {
  await open()
  expect(page.find('[data-testid=rates]').text()).toContain('✓ 99.80%')
  await press(']', ']')
  expect(asked.some((one) => one.path.includes('sample=true'))).toBe(true)
  await press('a')
  expect(sent()).toEqual([])
  await press('n')
  expect(sent()[0]?.path).toContain('/second')
  expect(sent()[0]?.body).toEqual({ right: false })
})

test('a kind is asked for, and an empty list says so', async () => {
  await open()
  cards = []
  await page
    .findAll('.kinds button')
    .find((one) => one.text() === '电话')
    ?.trigger('click')
  await flushPromises()
  expect(asked.at(-1)?.path).toContain('kind=phone')
  expect(page.find('[data-testid=empty]').text()).toContain('没有符合条件的订单')
})

test('operations set when labels are printed, what asks first, and how many are sampled', async () => {
  await open(['view_orders', 'verify_orders', 'set_verification'])
  await page
    .findAll('button')
    .find((one) => one.text() === '审单设置')
    ?.trigger('click')
  await flushPromises()
  const panel = page.find('[data-testid=checking]')
  await panel.find('input[aria-label^="打单波次"]').setValue('9：30、15:00')
  panel.findComponent({ name: 'CheckboxGroup' }).vm.$emit('update:value', ['typo_town'])
  await panel.find('form').trigger('submit')
  await flushPromises()
  expect(asked.find((one) => one.method === 'PUT')?.body).toEqual({
    ask: ['typo_town'],
    waves: ['09:30', '15:00'],
    collections: ['18:30'],
    duplicate_minutes: 10,
    sample_per_mille: 10,
  })
})

test('changes of goods, kinds that ask, and the card that follows', () => {
  const card = check('1', {
    findings: [
      said,
      { ...said, disposition: 'noted', kind: 'price', fix: { of: 'gift', sku: 'sock', quantity: 2 } },
    ] as never,
  })
  expect(goodsChanges(card)).toEqual([
    { line: 'tee-M', from: 'tee-M', to: 'tee-L', quantity: 2 },
    { line: null, from: null, to: 'sock', quantity: 2 },
  ])
  expect(askedKinds(card)).toEqual(['said'])
  expect(mapOf(check('1')).map((one) => one.read)).toEqual([null, '杭州市', '余杭区', null, null])
  expect(following([check('1'), check('2')], 'douyin:1')).toBe('douyin:2')
  expect(following([check('1'), check('2')], 'douyin:2')).toBe('douyin:1')
  expect(following([check('1')], 'douyin:1')).toBeNull()
})

test('what costs more is accepted only with what becomes of the difference', async () => {
  cards = [check('4', { findings: [said as never], difference: [], sure: false, costs_more_fen: 2_000 })]
  await open()
  expect(page.get('[data-testid=differs]').text()).toContain('¥20.00')
  expect(page.find('[data-testid=accept]').exists()).toBe(false)
  await page.get('[data-testid=accept-pay]').trigger('click')
  await flushPromises()
  expect(sent()[0]?.body).toEqual({ decision: 'accept', recipient: null, lines: [], difference: 'pay' })
  expect(settlementsOf({ costs_more_fen: -1, findings: [said as never] })).toEqual(['refund'])
  expect(settlementsOf({ costs_more_fen: 1, findings: [{ ...said, fix: null } as never] })).toEqual([])
})
