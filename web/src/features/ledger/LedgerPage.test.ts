import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Schemas } from '../../api/client'
import type { Action } from '../../api/session'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer } from '../../testing/server'
import LedgerPage from './LedgerPage.vue'
import PackPage from './PackPage.vue'

const AT = 1_781_784_000_000
let page: VueWrapper
let asked: Asked[]
let ledger: Schemas['ProductLedgerView']
let judged: Schemas['JudgedClaim']
let claims: Schemas['KeptClaim'][]

const PASSES: Schemas['JudgedClaim'] = {
  verdict: 'passes',
  reason: 'ok',
  explanation: '¥99.00 不高于本店近 30 天全部 12 笔成交',
  signals: [],
  legal_basis: '《广告法》第九条',
  text: { zh: '本店近 30 天最低成交价 ¥99.00（截至 2026-06-18）', en: 'Lowest', holds_until: AT },
}
const BLOCKED: Schemas['JudgedClaim'] = {
  verdict: 'blocked',
  reason: 'lower_paid',
  explanation: '本店近 30 天最低成交价为 ¥89.00，低于现价 ¥99.00',
  signals: ['raised_before_promotion'],
  legal_basis: '《广告法》第九条',
}

function kept(verdict: string, now: Schemas['JudgedClaim']): Schemas['KeptClaim'] {
  return {
    id: 'c1',
    version: 1,
    claim: { product: 'tee', kind: 'lowest_in_days', scope: 'shop', numbers: { days: 30 } },
    product_name: '纯棉T恤',
    quotes: [],
    kept_verdict: verdict,
    judged: now,
    by: '助理一一',
    at: AT,
    pack_sha256: 'ab'.repeat(32),
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  judged = PASSES
  claims = []
  ledger = {
    product: 'tee',
    name: '纯棉T恤',
    venue: 'main',
    rows: [
      {
        sequence: 7,
        at: AT,
        venue: 'main',
        kind: 'paid',
        fen: 12_900,
        quantity: 2,
        order: 'o1',
        source: 'order',
        evidence: 'show:s1#1',
        by: 'Livehand',
        previous: 'aa'.repeat(32),
        hash: 'bb'.repeat(32),
      },
    ],
    total: 31,
    series: { asked: [], paid: [] },
    promotion_begins: AT,
    reference: { price_fen: 12_900, rule: 'lowest_paid_in_seven_days', rows: [7] },
    ladder: [
      { field: 'live_price', fen: 9_900, version: 3 },
      { field: 'list_price', fen: 19_900, version: 1 },
    ],
    whole: true,
  }
  asked = fakeServer(({ method, path }) => {
    if (path.includes('/ledger')) return { status: 200, body: ledger }
    if (path.endsWith('/claims/check')) return { status: 200, body: { judged, quotes: [], rows: [], at: AT } }
    if (method === 'POST') return { status: 201, body: kept(judged.verdict, judged) }
    return { status: 200, body: { claims } }
  })
})
afterEach(() => {
  page.unmount()
  vi.useRealTimers()
})

async function open(permissions: Action[] = ['view_ledger', 'edit_claims']) {
  page = mountIn(LedgerPage, {
    props: { product: 'tee' },
    permissions,
    global: { stubs: { LedgerChart: true } },
  })
  await flushPromises()
}
const claimed = () => asked.filter((one) => one.path.endsWith('/claims/check')).map((one) => one.body.claim)

test('the ladder shows what the law allows, and marks a reference price above it', async () => {
  await open()
  expect(page.get('[data-testid=allowed]').text()).toContain('¥129.00')
  const rungs = page.findAll('[data-testid=rung]').map((rung) => rung.text())
  expect(rungs[0]).toBe('直播价¥99.00')
  expect(rungs[1]).toContain('✕ 高于允许的最高划线价')
  expect(page.find('[data-testid=raised]').exists()).toBe(false)
  expect(page.find('[data-testid=tampered]').exists()).toBe(false)
  expect(page.get('[data-testid=row]').text()).toContain('show:s1#1')
})

test('without a payment any reference price is too high, and a raise and a broken chain are told', async () => {
  ledger = {
    ...ledger,
    reference: { rule: 'none', rows: [] },
    raised: { from_fen: 9_900, to_fen: 19_900, at: AT, row: 2 },
    whole: false,
  }
  await open()
  expect(page.get('[data-testid=allowed]').text()).toContain('不能使用划线价')
  expect(page.findAll('[data-testid=rung]')[1]?.text()).toContain('✕')
  expect(page.get('[data-testid=raised]').text()).toContain('¥99.00 提高到 ¥199.00')
  expect(page.get('[data-testid=tampered]').text()).toContain('哈希链校验未通过')
})

test('a claim is judged while it is typed, and only one that passes has words', async () => {
  await open()
  expect(claimed()).toEqual([
    { product: 'tee', kind: 'lowest_in_days', scope: 'live_room', numbers: { days: 30 } },
  ])
  expect(page.get('[data-testid=text]').text()).toContain('本店近 30 天最低成交价 ¥99.00')
  judged = BLOCKED
  await page.get('select[aria-label=范围]').setValue('whole_net')
  expect(claimed()).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(400)
  await flushPromises()
  expect(claimed()[1]).toMatchObject({ scope: 'whole_net' })
  expect(page.get('[data-testid=verdict]').text()).toContain('✕ 不能说')
  expect(page.get('[data-testid=verdict]').text()).toContain('抬高过标价')
  expect(page.find('[data-testid=text]').exists()).toBe(false)
})

test('a number that cannot be read is told at its field and nothing is asked', async () => {
  await open()
  await page.get('input[aria-label=天数]').setValue('三十')
  await vi.advanceTimersByTimeAsync(400)
  await flushPromises()
  expect(page.text()).toContain('✕ 请填写整数')
  expect(claimed()).toHaveLength(1)
  expect(page.get('button[type=submit]').attributes('disabled')).toBeDefined()
})

test('keeping a claim lists it, and one that no longer holds says so', async () => {
  await open()
  claims = [kept('passes', BLOCKED)]
  await page.get('form').trigger('submit')
  await flushPromises()
  expect(page.text()).toContain('✓ 已保存')
  expect(page.get('[data-testid=changed]').text()).toContain('保存时为“可以说”，现在为“不能说”')
  expect(page.get('[data-testid=claim] [data-testid=verdict]').text()).not.toContain('¥99.00（截至')
})

test('who may not claim anything sees the ledger without the editor', async () => {
  await open(['view_ledger'])
  expect(page.find('form').exists()).toBe(false)
  expect(page.findAll('[data-testid=rung]')).toHaveLength(2)
})

const BODY = {
  format: 'livehand-evidence-1',
  claim: { product: 'tee', kind: 'lowest_in_days', scope: 'shop', numbers: { days: 30 } },
  product: { id: 'tee', name: '纯棉T恤' },
  venue: 'main',
  verdict: 'passes',
  reason: 'ok',
  explanation: { zh: '不高于全部成交', en: 'not above' },
  text: { zh: '本店近 30 天最低成交价 ¥99.00', en: 'Lowest' },
  signals: [],
  legal_basis: '《广告法》第九条',
  judged_at: AT,
  by: { id: 'p', name: '助理一一' },
  facts: [{ fact: { field: 'live_price', version: 3 }, value: 9_900, at: AT, by: '运营' }],
  rows: [
    {
      sequence: 7,
      at: AT,
      venue: 'main',
      kind: 'paid',
      fen: 9_900,
      quantity: 1,
      order: 'o1',
      evidence: '收据 1',
      by: 'x',
      previous: 'aa',
      hash: 'bb',
    },
  ],
  rows_in_all: 12,
  ledger: { whole: true, rows: 31, head: 'cc' },
}

async function openPack(text: string, whole: boolean) {
  fakeServer(() => ({ status: 200, body: { claim: 'c1', version: 2, text, sha256: 'dd'.repeat(32), whole } }))
  page = mountIn(PackPage, { props: { claim: 'c1' }, permissions: ['view_ledger'] })
  await flushPromises()
}

test('a pack has the words, the rows with their hashes, and what it was hashed from', async () => {
  await openPack(JSON.stringify(BODY), true)
  expect(page.get('[data-testid=text]').text()).toBe('本店近 30 天最低成交价 ¥99.00')
  expect(page.get('[data-testid=row]').text()).toContain('bb')
  expect(page.get('[data-testid=hash]').text()).toBe(`${'dd'.repeat(32)} ✓ 证据包内容与哈希一致`)
  expect(page.get('pre').text()).toBe(JSON.stringify(BODY))
})

test('a pack that was changed says so, and one that is no pack is not shown as one', async () => {
  await openPack(JSON.stringify({ ...BODY, text: null, verdict: 'blocked' }), false)
  expect(page.get('[data-testid=hash]').text()).toContain('已被改动')
  expect(page.get('[data-testid=text]').text()).toBe('没有依据，不生成文案')
  page.unmount()
  await openPack('{}', true)
  expect(page.text()).toContain('无法识别')
})
