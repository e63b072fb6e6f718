import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Schemas } from '../../api/client'
import type { Action } from '../../api/session'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer, problem } from '../../testing/server'
import ChangeCard from './ChangeCard.vue'

type Change = Schemas['TwoPersonChange']
let card: VueWrapper
let asked: Asked[]
let refusal: { status: number; body: unknown } | null

const change = (more: Partial<Change> = {}): Change => ({
  id: 'c-1',
  kind: 'price',
  subject: 'jade',
  subject_name: '翡翠手镯',
  from_fen: 268_000_000,
  to_fen: 26_800_000,
  in_words: { zh: '二十六万八千元', en: '268,000 yuan' },
  live_only: true,
  reason: '改价',
  status: 'proposed',
  care: {
    warnings: [{ code: 'tenfold', words: { zh: '差了约 10 倍', en: 'ten times' } }],
    confirmations: ['words', 'amount', 'difference'],
    never_alone: true,
  },
  maker: 'person-2',
  maker_name: '示例中控',
  made_at: 1_781_755_200_000,
  decision: '',
  ...more,
})

beforeEach(() => {
  refusal = null
  asked = fakeServer(() => refusal ?? { status: 200, body: change({ status: 'applied' }) })
})
afterEach(() => card.unmount())

function open(of: Change, permissions: Action[] = ['decide_change', 'propose_change']) {
  card = mountIn(ChangeCard, { props: { change: of }, permissions })
}
const approve = () => card.findAll('button').find((one) => one.text().includes('复核通过'))

test('nothing can be approved before all three confirmations are given', async () => {
  open(change())
  const [read, seen] = card.findAll<HTMLInputElement>('input[type=checkbox]')
  expect(card.text()).toContain('差了约 10 倍')
  expect(approve()?.attributes('disabled')).toBeDefined()
  await read?.setValue(true)
  await seen?.setValue(true)
  expect(approve()?.attributes('disabled')).toBeDefined()
  await card.get('input[aria-label="不看上面，再输入一遍金额（元）"]').setValue('268000')
  expect(approve()?.attributes('disabled')).toBeUndefined()
  await card.get('form').trigger('submit')
  await flushPromises()
  expect(asked.at(-1)).toMatchObject({
    path: '/api/v1/changes/c-1/approve',
    body: { words: true, amount_fen: 26_800_000, difference: true },
  })
})

test('an everyday change shows one confirmation only', () => {
  open(change({ care: { warnings: [], confirmations: ['words'], never_alone: false } }))
  expect(card.findAll('input[type=checkbox]')).toHaveLength(1)
  expect(card.find('input[inputmode=decimal]').exists()).toBe(false)
})

test('whoever asked sees that somebody else has to approve, and can only withdraw', async () => {
  open(change({ maker: 'person-1' }))
  expect(approve()).toBeUndefined()
  expect(card.text()).toContain('由另一位同事复核')
  await card
    .findAll('button')
    .find((one) => one.text() === '撤回')
    ?.trigger('click')
  await flushPromises()
  expect(asked.at(-1)?.path).toBe('/api/v1/changes/c-1/withdraw')
})

test('a refusal is told in the words of the server', async () => {
  refusal = problem(409, '你输入的金额与申请的不一致，请停下来核对')
  open(change({ care: { warnings: [], confirmations: ['words'], never_alone: false } }))
  await card.get('input[type=checkbox]').setValue(true)
  await card.get('form').trigger('submit')
  await flushPromises()
  expect(card.text()).toContain('你输入的金额与申请的不一致')
})
