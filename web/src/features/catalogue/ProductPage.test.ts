import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Action } from '../../api/session'
import { setLanguage } from '../../i18n'
import { CATALOGUE, card, fact, refusal } from '../../testing/catalogue'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer, problem } from '../../testing/server'
import type { FactVersion, ProductCard } from './fields'
import ProductPage from './ProductPage.vue'

const ALL: Action[] = ['view_shows', 'edit_products', 'view_ledger', 'view_stock']
const DAY_MS = 86_400_000
let page: VueWrapper
let asked: Asked[]
let product: ProductCard
let versions: FactVersion[]
let refusals: ReturnType<typeof refusal>[]
let failing: ReturnType<typeof problem> | null

beforeEach(() => {
  product = card('tee', '纯棉T恤')
  versions = []
  refusals = []
  failing = null
  asked = fakeServer(({ method, path }) => {
    if (path.endsWith('/catalogue/fields')) return { status: 200, body: CATALOGUE }
    if (path.includes('/history')) return { status: 200, body: { versions } }
    if (path.endsWith('/undo')) return { status: 200, body: { edit: 'u', facts: [{}], unchanged: 0 } }
    if (path.endsWith('/disable')) return { status: 200, body: {} }
    if (method === 'POST' && path.endsWith('/skus'))
      return { status: 201, body: { id: 'tee-l', position: 3, disabled: false } }
    if (path === '/api/v1/facts')
      return refusals.shift() ?? { status: 200, body: { edit: 'edit-1', facts: [{}], unchanged: 0 } }
    return failing ?? { status: 200, body: product }
  })
})
afterEach(() => {
  page.unmount()
  document.body.innerHTML = ''
  setLanguage('zh-CN')
})

async function open(permissions = ALL) {
  page = mountIn(ProductPage, { props: { product: 'tee' }, permissions })
  await flushPromises()
}
const line = (code: string) => page.get(`#field-${code}`)
const edits = () =>
  asked.filter((one) => one.path === '/api/v1/facts').map((one) => one.body.edits as unknown[])
const button = (name: string, within: Pick<VueWrapper, 'findAll'> = page) =>
  within.findAll('button').find((one) => one.text() === name)
async function edit(code: string) {
  await (button('填写', line(code)) ?? button('修改', line(code)))?.trigger('click')
  await flushPromises()
}
async function save(code: string) {
  await line(code).get('form').trigger('submit')
  await flushPromises()
}

test('a fact says its version, where it came from, who wrote it and when', async () => {
  product.facts.push(fact('tee', 'note', '正码', { evidence: '合同第3页', source: 'undo:2', version: 3 }))
  await open()
  expect(line('brand').text()).toContain('第 2 版 · 手工填写 · 小林 · 2026/06/17 20:00')
  expect(line('note').text()).toContain('第 3 版 · 撤销第 2 版')
  expect(line('note').text()).toContain('依据 合同第3页')
})

test('no field is lost, in groups', async () => {
  await open()
  const own = CATALOGUE.fields.filter((one) => one.levels.includes('product')).map((one) => one.code)
  expect(own.length).toBeGreaterThan(10)
  expect(own.filter((code) => !page.find(`#field-${code}`).exists())).toEqual([])
  expect(page.get('[data-testid=group-points]').text()).toContain('卖点')
})

test('the gate names what is missing, leads to its form, and lets nothing incomplete through', async () => {
  await open()
  const gate = page.get('[data-testid=gate]')
  expect(gate.text()).toContain('9/11')
  expect(button('设为可播', gate)?.attributes('disabled')).toBeDefined()
  await button('尺码表', gate)?.trigger('click')
  await flushPromises()
  await line('size_chart').get('textarea').setValue('尺码\t胸围\nS\t90')
  await save('size_chart')
  const value = { columns: ['尺码', '胸围'], rows: [['S', '90']] }
  expect(edits()).toMatchObject([[{ product: 'tee', field: 'size_chart', value, if_version: 0 }]])
  expect(line('size_chart').find('form').exists()).toBe(false)
})

test('what is complete may be set ready; what no longer is, says so and goes back to draft', async () => {
  product = card('tee', '纯棉T恤', { completeness: { filled: 11, required: 11, missing: [] }, missing: [] })
  await open()
  await button('设为可播')?.trigger('click')
  await flushPromises()
  expect(edits()).toMatchObject([[{ field: 'status', value: 'ready', if_version: 0 }]])
  page.unmount()
  product = { ...card('tee', '纯棉T恤'), status: 'ready' }
  await open()
  expect(page.get('[data-testid=gate]').text()).toContain('资料不再齐全')
  await button('退回草稿')?.trigger('click')
  await flushPromises()
  expect(edits().at(-1)).toMatchObject([{ field: 'status', value: 'draft' }])
})

test('the proof of a price is given once for all SKUs that have one, and the prices stay', async () => {
  for (const sku of ['tee-s', 'tee-m'])
    product.facts.push(fact('tee', 'list_price', 12_900, { sku, version: 4 }))
  await open()
  expect(line('list_price').text()).toContain('按规格：¥129.00')
  expect(line('list_price').text()).toContain('划线价须附依据')
  await button('划线价的依据')?.trigger('click')
  await flushPromises()
  await line('list_price').get('input').setValue('近 7 天成交截图')
  await save('list_price')
  const proven = { field: 'list_price', value: 12_900, if_version: 4, evidence: '近 7 天成交截图' }
  expect(edits()).toMatchObject([
    [
      { sku: 'tee-s', ...proven },
      { sku: 'tee-m', ...proven },
    ],
  ])
})

test('selling points lead from the feature over the advantage to the benefit', async () => {
  const point = { feature: '网布', advantage: '透气', benefit: '不捂脚' }
  product.facts.push(fact('tee', 'selling_points', [point]))
  await open()
  const heads = line('selling_points').findAll('th')
  expect(heads.map((one) => one.text())).toEqual(['特征', '优势', '对买家的好处'])
  await edit('selling_points')
  await button('＋ 加一行', line('selling_points'))?.trigger('click')
  await flushPromises()
  await line('selling_points').findAll('.part')[1]?.get('input').setValue('轻')
  await save('selling_points')
  expect(edits()).toMatchObject([[{ value: [point, { feature: '轻' }], if_version: 1 }]])
})

test('a paper says in words whether it holds today', async () => {
  const paper = (number: string, valid_until: number | null) => ({ kind: '质检', number, valid_until })
  const now = Date.now()
  const papers = [
    paper('A', now - DAY_MS),
    paper('B', now + 3 * DAY_MS),
    paper('C', now + 400 * DAY_MS),
    paper('D', null),
  ]
  product.facts.push(fact('tee', 'qualifications', papers))
  await open()
  const states = line('qualifications').findAll('.expiry')
  expect(states.map((one) => one.text())).toEqual(['✕ 已过期', '▲ 30 天内到期', '有效', '长期'])
})

test('a doubted value is asked about at its form and saved with the second click', async () => {
  const errors = [{ field: 'edits.0.value', expected: '59 左右', found: '5.9' }]
  refusals = [refusal(409, 'needs_confirmation', errors)]
  await open()
  await edit('cost_price')
  await line('cost_price').get('input').setValue('5.9')
  await save('cost_price')
  expect(line('cost_price').get('[data-testid=fault]').text()).toContain('应为 59 左右；现在是 5.9')
  await save('cost_price')
  expect(edits().at(-1)).toMatchObject([{ text: '5.9', confirmed: true }])
})

test('what was typed after a doubt is doubted anew', async () => {
  const errors = [{ field: 'edits.0.value', expected: '59 左右', found: '5.9' }]
  refusals = [refusal(409, 'needs_confirmation', errors)]
  await open()
  await edit('cost_price')
  await line('cost_price').get('input').setValue('5.9')
  await save('cost_price')
  await line('cost_price').get('input').setValue('0.59')
  await save('cost_price')
  expect(edits().at(-1)).toMatchObject([{ text: '0.59', confirmed: false }])
})

test('a form that somebody overtook keeps what was typed beside what stands there now', async () => {
  refusals = [refusal(409, 'stale_edit', [{ field: 'edits.0', expected: '第 2 版', found: '第 3 版，小周' }])]
  await open()
  await edit('brand')
  await line('brand').get('input').setValue('青禾旗舰')
  const kept = product.facts.find((one) => one.field === 'brand')
  product = { ...product, facts: product.facts.filter((one) => one !== kept) }
  product.facts.push(fact('tee', 'brand', '青禾官方', { version: 3 }))
  await save('brand')
  expect(line('brand').get('input').element.value).toBe('青禾旗舰')
  const told = line('brand').get('[data-testid=fault]').text()
  expect(told).toContain('第 3 版，小周')
  expect(told).toContain('现在是： 青禾官方')
  await button('用我的覆盖', line('brand'))?.trigger('click')
  await flushPromises()
  expect(edits().at(-1)).toMatchObject([{ text: '青禾旗舰', if_version: 3 }])
})

test('Enter that an input method composes with does not save', async () => {
  await open()
  await edit('brand')
  const keys = { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }
  const event = new KeyboardEvent('keydown', keys)
  line('brand').get('input').element.dispatchEvent(event)
  expect(event.defaultPrevented).toBe(true)
  expect(edits()).toEqual([])
})

test('a field remembers its versions, the newest of which can be undone', async () => {
  versions = [
    fact('tee', 'brand', '青禾旗舰', { version: 2, source: 'manual', edit: 'edit-7' }),
    fact('tee', 'brand', '青禾', { edit: 'edit-6' }),
  ]
  await open()
  await button('历史', line('brand'))?.trigger('click')
  await flushPromises()
  const shown = line('brand').findAll('[data-testid=version]')
  expect(shown[0]?.text()).toContain('第 2 版青禾旗舰手工填写')
  expect(shown[1]?.text()).toContain('第 1 版青禾表格导入')
  expect(line('brand').findAll('[data-testid=version] button')).toHaveLength(1)
  await button('撤销这次修改')?.trigger('click')
  await flushPromises()
  document.querySelector<HTMLElement>('.n-popconfirm__action button:last-child')?.click()
  await flushPromises()
  expect(asked.some((one) => one.path === '/api/v1/edits/edit-7/undo')).toBe(true)
  expect(page.text()).toContain('已撤销 1 项')
})

test('SKUs are edited in place, added and taken out of use', async () => {
  await open()
  const skus = page.get('[data-testid=skus]')
  await skus.get('[data-cell="tee/tee-s live_price"]').trigger('mousedown')
  await flushPromises()
  const input = skus.get('td input')
  await input.setValue('49')
  await input.trigger('keydown', { key: 'Enter' })
  await flushPromises()
  expect(edits()).toMatchObject([[{ sku: 'tee-s', field: 'live_price', text: '49', if_version: 3 }]])
  const [spec, code] = skus.findAll('form input')
  await spec?.setValue('颜色：蓝；尺码:L')
  await code?.setValue('QH-03')
  await skus.get('form').trigger('submit')
  await flushPromises()
  const added = asked.find((one) => one.path === '/api/v1/products/tee/skus')
  expect(added?.body).toEqual({ spec: { 颜色: '蓝', 尺码: 'L' }, merchant_code: 'QH-03' })
  await button('停用', skus)?.trigger('click')
  await flushPromises()
  expect(asked.some((one) => one.path === '/api/v1/products/tee/skus/tee-s/disable')).toBe(true)
})

test('on air a guarded price leads to the second person instead of a form', async () => {
  product = card('tee', '纯棉T恤', { on_air: ['show-1'] })
  await open()
  expect(line('floor_price').get('a').text()).toBe('需双人复核')
  expect(button('填写', line('floor_price'))).toBeUndefined()
  expect(button('填写', line('cost_price'))).toBeDefined()
  expect(page.get('[data-cell="tee/tee-s live_price"] a').attributes('href')).toBe('/changes')
})

test('who may not edit reads everything and is offered nothing', async () => {
  await open(['view_shows'])
  expect(line('brand').text()).toContain('青禾')
  expect(button('修改')).toBeUndefined()
  expect(button('设为可播')).toBeUndefined()
  const links = page.findAll('a').map((one) => one.attributes('href'))
  expect(links).toContain('/products/tee/offers')
  expect(links).not.toContain('/products/tee/ledger')
})

test('a product that cannot be read says why, and is asked for again', async () => {
  failing = problem(404, '没有这个商品')
  await open()
  expect(page.get('[data-testid=unreachable]').text()).toContain('没有这个商品')
  failing = null
  await button('重试')?.trigger('click')
  await flushPromises()
  expect(page.get('h1').text()).toContain('纯棉T恤')
})

test('in the other language nothing is left in Chinese but what people wrote', async () => {
  await open()
  setLanguage('en')
  await flushPromises()
  expect(page.get('[data-testid=gate]').text()).toContain('Evidence of the list price')
  expect(page.text().replaceAll(/纯棉T恤|青禾|小林|尺码/g, '')).not.toMatch(/\p{Script=Han}/u)
})
