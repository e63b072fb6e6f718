import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { CATALOGUE } from '../../testing/catalogue'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer, problem } from '../../testing/server'
import ComparePage from './ComparePage.vue'

let page: VueWrapper
let asked: Asked[]
afterEach(() => {
  page.unmount()
  document.body.innerHTML = ''
})

const row = (field: string, zh: string, kind: string, values: unknown[], differs: boolean) => ({
  field,
  label: { zh, en: field },
  kind,
  values,
  differs,
})
const compared = {
  products: [
    { id: 'tee', name: '纯棉T恤', price_fen: 5_900, link_number: 1 },
    { id: 'cup', name: '保温杯', price_fen: 7_900, link_number: 2 },
  ],
  rows: [
    row('brand', '品牌', 'text', ['青禾', '青禾'], false),
    row('live_price', '直播价', 'money', [[5_900, 6_900], 7_900], true),
    row('guarantees', '售后保障', 'texts', [['7天无理由', '运费险'], null], true),
  ],
}

async function open(answer: { status: number; body: unknown }, ids: string) {
  asked = fakeServer(({ path }) => (path.endsWith('/fields') ? { status: 200, body: CATALOGUE } : answer))
  page = mountIn(ComparePage, { permissions: ['view_shows'] })
  await page.vm.$router.push(ids ? `/products/compare?ids=${ids}` : '/products/compare')
  await flushPromises()
}
const openBoth = () => open({ status: 200, body: compared }, 'tee,cup')
const cells = (place: number) =>
  page
    .findAll('[data-testid=compared]')
    [place]?.findAll('td')
    .map((one) => one.text())

test('products stand beside one another, and what differs is marked by more than a colour', async () => {
  await openBoth()
  const called = asked.find((one) => one.path.includes('/compare'))?.path
  expect(new URLSearchParams(called?.split('?')[1]).get('ids')).toBe('tee,cup')
  expect(page.findAll('thead th').map((one) => one.text())).toEqual(['项目', '1 纯棉T恤', '2 保温杯'])
  const heads = page.findAll('tbody th').map((one) => one.text())
  expect(heads).toEqual(['品牌', '≠ 直播价', '≠ 售后保障'])
  expect(cells(1)).toEqual(['¥59.00¥69.00', '¥79.00'])
  expect(cells(2)).toEqual(['7天无理由；运费险', '（空）'])
  expect(page.text()).toContain('3 项中 2 项不同')
})

test('what is the same can be left out', async () => {
  await openBoth()
  await page.get('input[type=checkbox]').setValue(true)
  expect(page.findAll('[data-testid=compared]')).toHaveLength(2)
})

test('without products, or without an answer, the page says which', async () => {
  await open({ status: 200, body: compared }, '')
  expect(page.text()).toContain('没有选商品')
  page.unmount()
  await open(problem(404, '没有这个商品'), 'tee,gone')
  expect(page.text()).toContain('没有这个商品')
  expect(page.findAll('button').some((one) => one.text() === '重试')).toBe(true)
})
