import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Action } from '../../api/session'
import { setLanguage } from '../../i18n'
import { CATALOGUE, card, fact, listed, refusal } from '../../testing/catalogue'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer, problem } from '../../testing/server'
import CataloguePage from './CataloguePage.vue'
import type { ProductCard } from './fields'

interface Sent {
  product: string
  sku?: string
  field: string
  text: string
  if_version?: number
}
const ALL: Action[] = ['view_shows', 'edit_products', 'export_data']
const LIVE = 'tee/tee-s live_price'
let page: VueWrapper
let asked: Asked[]
let cards: ProductCard[]
let next: string | null
let failing: ReturnType<typeof problem> | null
let refusals: ReturnType<typeof refusal>[]
let holdList: Promise<void> | undefined
let holdFacts: Promise<void> | undefined

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  cards = [card('tee', '纯棉T恤'), card('cup', '保温杯', { link_number: 2 })]
  next = null
  failing = null
  refusals = []
  holdList = undefined
  holdFacts = undefined
  asked = fakeServer(async ({ method, path, body }) => {
    if (path.endsWith('/catalogue/fields')) return { status: 200, body: CATALOGUE }
    if (path.startsWith('/api/v1/products?')) {
      await holdList
      const search = new URLSearchParams(path.split('?')[1]).get('search') ?? ''
      const found = cards.filter((one) => one.name.includes(search))
      return failing ?? { status: 200, body: { products: found.map(listed), next } }
    }
    if (path.startsWith('/api/v1/edits?')) {
      const edit = { id: 'edit-9', at: 0, by: { id: 'p', name: '小周' }, what: 'import:x', facts: 2_100 }
      return { status: 200, body: { edits: [edit], next: null } }
    }
    if (path.endsWith('/undo')) return { status: 200, body: { edit: 'undoing', facts: [{}], unchanged: 0 } }
    if (method === 'POST' && path === '/api/v1/facts') {
      const refused = refusals.shift()
      if (refused) return refused
      await holdFacts
      const edits = body.edits as Sent[]
      const facts = edits.map((edit) => ({ ...edit, version: write(edit) }))
      return { status: 200, body: { edit: `edit-${asked.length}`, facts, unchanged: 0 } }
    }
    const one = cards.find(({ id }) => path === `/api/v1/products/${id}`)
    return one ? { status: 200, body: one } : { status: 404, body: {} }
  })
})
afterEach(() => {
  page.unmount()
  document.body.innerHTML = ''
  vi.useRealTimers()
  setLanguage('zh-CN')
})

function write({ product, sku, field, text }: Sent) {
  const facts = cards.find(({ id }) => id === product)?.facts ?? []
  const kept = facts.find((one) => one.field === field && (one.sku ?? undefined) === sku)
  const value = Math.round(Number(text) * 100)
  if (!kept) return facts[facts.push(fact(product, field, value, { sku })) - 1]?.version
  return Object.assign(kept, { value, version: kept.version + 1 }).version
}

async function open(permissions = ALL) {
  page = mountIn(CataloguePage, { permissions })
  await flushPromises()
}
const edits = () => asked.filter((one) => one.path === '/api/v1/facts').map((one) => one.body.edits as Sent[])
const lists = () => asked.filter((one) => one.path.startsWith('/api/v1/products?'))
const undos = () => asked.filter((one) => one.path.endsWith('/undo')).map((one) => one.path)
const cell = (key: string) => page.get(`[data-cell="${key}"]`)
const input = () => page.get<HTMLInputElement>('td input')
const button = (name: string) => page.findAll('button').find((one) => one.text().includes(name))
const rowTexts = () => page.findAll('[data-testid=row] .head').map((one) => one.text())

async function select(key: string) {
  await cell(key).trigger('mousedown')
  await flushPromises()
}
const type = (text: string) => input().setValue(text)
async function press(key: string, more: Record<string, unknown> = {}) {
  await input().trigger('keydown', { key, ...more })
  await flushPromises()
}
async function paste(text: string) {
  const event = new Event('paste', { bubbles: true, cancelable: true })
  Object.assign(event, { clipboardData: { getData: () => text } })
  input().element.dispatchEvent(event)
  await flushPromises()
}
async function click(name: string) {
  await button(name)?.trigger('click')
  await flushPromises()
}

test('products stand with their SKUs, amounts in yuan, and what is missing by name', async () => {
  await open()
  expect(rowTexts()).toEqual(['1纯棉T恤2 个规格', 'S', 'M', '2保温杯2 个规格', 'S', 'M'])
  expect(cell(LIVE).text()).toBe('¥59.00')
  expect(cell('tee live_price').text()).toBe('¥59.00–¥69.00')
  expect(page.get('.completeness').text()).toBe('◐ 9/11缺 尺码表、划线价的依据')
})

test('a search asks when the hand rests, and keeps the old rows meanwhile', async () => {
  await open()
  const before = lists().length
  let arrive = () => {}
  holdList = new Promise((resolve) => {
    arrive = resolve
  })
  const search = page.get('input[type=search]')
  await search.setValue('保')
  await search.setValue('保温')
  expect(lists()).toHaveLength(before)
  vi.advanceTimersByTime(250)
  await flushPromises()
  expect(lists()).toHaveLength(before + 1)
  expect(rowTexts()).toHaveLength(6)
  expect(page.get('.busy').text()).toBe('查找中…')
  arrive()
  await flushPromises()
  expect(rowTexts()).toEqual(['2保温杯2 个规格', 'S', 'M'])
  holdList = undefined
  await search.setValue('没有的')
  vi.advanceTimersByTime(250)
  await flushPromises()
  expect(page.text()).toContain('没有符合条件的商品')
})

test('filters go to the server and begin at the first page', async () => {
  next = 'cup'
  await open()
  await click('下一页')
  expect(lists().at(-1)?.path).toContain('after=cup')
  await page.get('select[aria-label=类目]').setValue('food')
  await page.get('select[aria-label=状态]').setValue('ready')
  await page.get('.check input').setValue(true)
  await flushPromises()
  const last = lists().at(-1)?.path
  expect(last).toContain('category=food')
  expect(last).toContain('status=ready')
  expect(last).toContain('incomplete=true')
  expect(last).not.toContain('after=')
})

test('an empty catalogue leads to the import, one that cannot be reached to another try', async () => {
  cards = []
  await open()
  expect(page.text()).toContain('商品库是空的')
  expect(page.findAll('a[href="/products/import"]').length).toBeGreaterThan(1)
  page.unmount()
  failing = problem(503, '数据库繁忙')
  await open()
  expect(page.get('[data-testid=unreachable]').text()).toContain('数据库繁忙')
  failing = null
  await click('重试')
  expect(page.text()).toContain('商品库是空的')
})

test('Enter saves a cell against the version that was seen and goes down', async () => {
  await open()
  await select(LIVE)
  expect(input().element.value).toBe('59.00')
  await type('49.9')
  await press('Enter')
  const sent = { product: 'tee', sku: 'tee-s', field: 'live_price', text: '49.9' }
  expect(edits()).toEqual([[{ ...sent, if_version: 3, confirmed: false }]])
  expect(cell(LIVE).text()).toBe('¥49.90')
  expect(input().attributes('aria-label')).toBe('纯棉T恤 tee-m 直播价')
})

test.each(['before', 'after'])(
  'a cell changed again %s its save came back is no conflict with itself',
  async (when) => {
    await open()
    let arrive = () => {}
    holdFacts = new Promise((resolve) => {
      arrive = resolve
    })
    await select(LIVE)
    await type('49')
    await press('Enter')
    await select(LIVE)
    await type('39')
    if (when === 'before') await press('Enter')
    arrive()
    await flushPromises()
    if (when === 'after') await press('Enter')
    const versions = edits().map(([edit]) => edit?.if_version)
    expect(versions).toEqual([3, 4])
    expect(cell(LIVE).text()).toBe('¥39.00')
    expect(page.find('[data-testid=draft]').exists()).toBe(false)
  },
)

test('Tab saves and goes right, arrows move, Escape brings back what stood there', async () => {
  await open()
  await select('tee/tee-s daily_price')
  await type('88')
  await press('Tab')
  expect(edits()).toHaveLength(1)
  expect(input().attributes('aria-label')).toBe('纯棉T恤 tee-s 划线价')
  await press('ArrowRight')
  await press('ArrowDown')
  expect(input().attributes('aria-label')).toBe('纯棉T恤 tee-m 直播价')
  await type('1')
  await press('ArrowLeft')
  expect(input().element.value).toBe('1')
  await press('Escape')
  expect(input().element.value).toBe('69.00')
  await press('Enter')
  await press('Enter')
  expect(edits()).toHaveLength(1)
})

test('while an input method composes, Enter and Escape are its own', async () => {
  await open()
  await click('基本信息')
  await select('tee brand')
  await type('qinghe')
  await press('Enter', { isComposing: true })
  await press('Enter', { keyCode: 229 })
  await press('Escape', { isComposing: true })
  expect(edits()).toEqual([])
  expect(input().element.value).toBe('qinghe')
  await press('Enter')
  expect(edits()).toHaveLength(1)
})

test('what a colleague changed meanwhile is named, and what was typed stays until somebody decides', async () => {
  refusals = [refusal(409, 'stale_edit', [{ field: 'edits.0', expected: '第 3 版', found: '第 4 版，小林' }])]
  await open()
  await select(LIVE)
  await type('49.9')
  write({ product: 'tee', sku: 'tee-s', field: 'live_price', text: '55' })
  await press('Enter')
  const draft = page.get('[data-testid=draft]').text()
  expect(draft).toContain('纯棉T恤 · S · 直播价')
  expect(draft).toContain('你填的：49.9')
  expect(draft).toContain('刚被改成 ¥55.00（第 4 版，小林）')
  expect(cell(LIVE).text()).toContain('49.9')
  expect(cell(LIVE).text()).toContain('别人已改')
  await click('用我的覆盖')
  expect(edits().at(-1)).toMatchObject([{ text: '49.9', if_version: 4 }])
  expect(page.find('[data-testid=draft]').exists()).toBe(false)
})

test('a price that looks like a slip is asked about, and saved as it is only then', async () => {
  const errors = [{ field: 'edits.0.value', expected: '59.00 左右', found: '5.90：像是少写了一位' }]
  refusals = [refusal(409, 'needs_confirmation', errors)]
  await open()
  await select(LIVE)
  await type('5.9')
  await press('Enter')
  expect(page.get('[data-testid=draft]').text()).toContain('像是少写了一位')
  await click('核对无误，照存')
  expect(edits().at(-1)).toMatchObject([{ text: '5.9', confirmed: true }])
  expect(cell(LIVE).text()).toBe('¥5.90')
})

test('what cannot be read leads back to its cell, and can be given up', async () => {
  const errors = [{ field: 'edits.0.value', expected: '元，例如 59.90', found: '六十' }]
  refusals = [refusal(422, 'invalid', errors)]
  await open()
  await select(LIVE)
  await type('六十')
  await press('Enter')
  await click('回去改')
  expect(input().element.value).toBe('六十')
  await click('放弃')
  expect(cell(LIVE).text()).toBe('¥59.00')
  expect(page.find('[data-testid=draft]').exists()).toBe(false)
})

test('what was typed while the server could not answer is sent again on demand', async () => {
  refusals = [refusal(503, 'busy')]
  await open()
  await select(LIVE)
  await type('49.9')
  await press('Enter')
  await click('再存一次')
  expect(edits()).toHaveLength(2)
  expect(cell(LIVE).text()).toBe('¥49.90')
})

test('a rectangle is looked at first; nothing is written before it is confirmed', async () => {
  await open()
  await select('tee/tee-s daily_price')
  await paste('88\t\t48\n六十\t\t58\n99.00\t\t1\n')
  const preview = page.get('[data-testid=paste]')
  expect(edits()).toEqual([])
  expect(preview.text()).toContain('将改 4 格')
  const texts = preview.findAll('[data-testid=pasted-cell]').map((one) => one.text())
  expect(texts[0]).toContain('✕ 应为数字')
  expect(texts).toContain('纯棉T恤 · S直播价59.00 → 48')
  expect(button('确认修改')?.attributes('disabled')).toBeDefined()
  await preview.get('.foot input').setValue(true)
  await click('确认修改 4 格')
  expect(edits()).toHaveLength(1)
  expect(edits()[0]).toHaveLength(4)
  expect(page.find('[data-testid=paste]').exists()).toBe(false)
  expect(page.text()).toContain('已保存 4 项')
  expect(cell('cup/cup-s live_price').text()).toBe('¥1.00')
})

test('what the server refuses of a paste is marked at its cell, and the rest waits for another word', async () => {
  const wrong = [{ field: 'edits.1.value', expected: '不低于最低限价', found: '1.00' }]
  const doubted = [{ field: 'edits.0.value', expected: '99.00 左右', found: '9.90' }]
  refusals = [refusal(422, 'invalid', wrong), refusal(409, 'needs_confirmation', doubted)]
  await open()
  await select('tee/tee-s daily_price')
  await paste('9.9\n1')
  await click('确认修改 2 格')
  const preview = page.get('[data-testid=paste]')
  expect(preview.text()).toContain('1 格没有通过，未保存任何内容')
  expect(preview.get('[data-testid=pasted-cell].fault').text()).toContain('不低于最低限价')
  await preview.get('.foot input').setValue(true)
  await click('确认修改 1 格')
  expect(preview.get('[data-testid=pasted-cell].doubt').text()).toContain('99.00 左右')
  expect(button('确认修改 1 格')?.attributes('disabled')).toBeDefined()
  for (const box of preview.findAll('.foot input')) await box.setValue(true)
  await click('确认修改 1 格')
  expect(edits().at(-1)).toMatchObject([{ sku: 'tee-s', text: '9.9', confirmed: true }])
})

test('one cell is pasted as text is, and a preview can be given up', async () => {
  await open()
  await select(LIVE)
  await paste('49\n')
  expect(page.find('[data-testid=paste]').exists()).toBe(false)
  await paste('49\n59\n')
  await click('不粘贴')
  expect(page.find('[data-testid=paste]').exists()).toBe(false)
  expect(edits()).toEqual([])
})

test('the last edit is undone by the button and by Ctrl+Z, but not while something is typed', async () => {
  await open()
  expect(page.get('[data-testid=undo]').attributes('disabled')).toBeDefined()
  for (const text of ['49', '39']) {
    await select(LIVE)
    await type(text)
    await press('Enter')
  }
  await type('1')
  await press('z', { ctrlKey: true })
  expect(undos()).toEqual([])
  await press('Escape')
  // With caps lock the key is another one.
  await press('Z', { ctrlKey: true })
  await page.get('[data-testid=undo]').trigger('click')
  await flushPromises()
  expect(undos()).toHaveLength(2)
  expect(new Set(undos()).size).toBe(2)
  expect(page.text()).toContain('已撤销 1 项')
  expect(page.get('[data-testid=undo]').attributes('disabled')).toBeDefined()
})

test('the edits of everybody are listed, with what they were', async () => {
  await open()
  await click('最近修改')
  const edit = page.get('[data-testid=edit]').text()
  expect(edit).toContain('小周')
  expect(edit).toContain('导入表格')
  expect(edit).toContain('2,100 项')
})

test('on air a price says that it needs a second person and leads there', async () => {
  cards = [card('tee', '纯棉T恤', { on_air: ['show-1'] })]
  await open()
  expect(page.get('[data-testid=on-air]').text()).toContain('第二人复核')
  const link = cell(LIVE).get('a')
  expect(link.text()).toBe('需双人复核')
  expect(link.attributes('href')).toBe('/changes')
  await select(LIVE)
  expect(input().attributes('readonly')).toBeDefined()
  await select('tee/tee-s daily_price')
  expect(input().attributes('readonly')).toBeUndefined()
})

test('the selected cell says where its value comes from', async () => {
  await open()
  await select(LIVE)
  const about = page.get('[data-testid=about]').text()
  expect(about).toContain('第 3 版 · 表格导入 · 小林 · 2026/06/17 20:00')
})

test('the catalogue is taken along in three forms by those who may', async () => {
  const forms = ['csv', 'csv_gbk', 'xlsx']
  await open()
  const links = forms.map((form) => page.get(`[data-testid=export-${form}]`).attributes('href'))
  expect(links).toEqual(forms.map((form) => `/api/v1/products/export?format=${form}`))
  page.unmount()
  await open(['view_shows'])
  expect(page.find('[data-testid=export-csv]').exists()).toBe(false)
  await select(LIVE)
  expect(input().attributes('readonly')).toBeDefined()
  expect(page.find('[data-testid=undo]').exists()).toBe(false)
})

test('two products are chosen to be compared', async () => {
  await open()
  const boxes = page.findAll('[data-testid=row] input[type=checkbox]')
  await boxes[0]?.trigger('change')
  expect(page.find('[data-testid=compare]').exists()).toBe(false)
  await boxes[1]?.trigger('change')
  expect(page.get('[data-testid=compare]').attributes('href')).toBe('/products/compare?ids=tee,cup')
})

test('in the other language nothing is left in Chinese but what people wrote', async () => {
  await open()
  setLanguage('en')
  await flushPromises()
  expect(page.text()).toContain('Missing: the size chart, Evidence of the list price')
  expect(page.text().replaceAll(/纯棉T恤|保温杯/g, '')).not.toMatch(/\p{Script=Han}/u)
})
