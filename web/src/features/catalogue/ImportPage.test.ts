import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Schemas } from '../../api/client'
import { setLanguage } from '../../i18n'
import { CATALOGUE, refusal } from '../../testing/catalogue'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer } from '../../testing/server'
import ImportPage from './ImportPage.vue'
import type { Import, ImportFault } from './upload'

let page: VueWrapper
let asked: Asked[]
let one: Import
let refusals: ReturnType<typeof refusal>[]
let hold: Promise<void> | undefined

const fault = (
  row: number,
  severity: 'error' | 'warning',
  known: Partial<ImportFault> = {},
): ImportFault => ({
  row,
  column: 'J',
  field: 'cost_price',
  code: 'negative',
  severity,
  expected: { zh: '大于 0 的价格', en: 'a price above 0' },
  found: { zh: '-15.00', en: '-15.00' },
  ...known,
})
const plan = (faults: ImportFault[]): Schemas['ImportPreview'] => ({
  digest: 'digest-1',
  rows: 186,
  products_added: 45,
  products_changed: 3,
  skus_added: 180,
  facts: 2_100,
  unchanged_rows: 6,
  fault_count: faults.length,
  left_out: [...new Set(faults.map((it) => it.row))],
  faults,
  changes: [{ row: 2, product: '6901', sku: '6901-L', field: 'live_price', before: null, after: 5_900 }],
})
const preview = (faults: ImportFault[] = []): Import => ({
  id: 'import-1',
  name: '618.xlsx',
  status: 'previewed',
  at: 0,
  by: { id: 'p', name: '小林' },
  edit: null,
  sheet: '商品',
  header_row: 1,
  notes: [],
  columns: [
    { column: 'A', header: '商品ID', field: 'product', confidence: 100, samples: ['6901', '6902'] },
    { column: 'F', header: '说法', field: null, confidence: 0, samples: ['真好'] },
    { column: 'J', header: '成本价', field: 'cost_price', confidence: 80, samples: ['15.00'] },
  ],
  plan: plan(faults),
})

beforeEach(() => {
  one = preview()
  refusals = []
  hold = undefined
  asked = fakeServer(async ({ method, path, body }) => {
    if (path.endsWith('/catalogue/fields')) return { status: 200, body: CATALOGUE }
    if (method === 'POST' && path.startsWith('/api/v1/imports?')) {
      await hold
      return refusals.shift() ?? { status: 201, body: one }
    }
    if (path.endsWith('/apply')) {
      const refused = refusals.shift()
      if (refused) return refused
      one = { ...one, status: 'applied', edit: 'edit-5', plan: null }
      const left_out = body.leave_out_faulty ? [24] : []
      const done = { edit: 'edit-5', products_added: 45, skus_added: 180, facts: 2_100, left_out }
      return { status: 200, body: done }
    }
    if (path.endsWith('/undo')) return { status: 200, body: { edit: 'u', facts: [{}, {}], unchanged: 0 } }
    if (method === 'DELETE') return { status: 200, body: {} }
    return { status: 200, body: one }
  })
})
afterEach(() => {
  page.unmount()
  document.body.innerHTML = ''
  setLanguage('zh-CN')
})

async function open() {
  page = mountIn(ImportPage, { permissions: ['view_shows', 'edit_products'] })
  await flushPromises()
}
async function choose(name = '618.xlsx') {
  const input = page.get<HTMLInputElement>('input[type=file]')
  Object.defineProperty(input.element, 'files', { value: [new File(['a,b'], name)], configurable: true })
  await input.trigger('change')
  await flushPromises()
}
const applies = () => asked.filter((it) => it.path.endsWith('/apply')).map((it) => it.body)
const puts = () => asked.filter((it) => it.method === 'PUT').map((it) => it.body)
const apply = () => page.get('[data-testid=apply]')
const button = (name: string) => page.findAll('button').find((it) => it.text() === name)
const meaning = (place: number) => page.findAll('[data-testid=column]')[place]?.get('select')

test('before a file is chosen the page says that nothing will change', async () => {
  await open()
  expect(page.text()).toContain('先预览，确认前不会改动商品库')
  expect(page.find('[data-testid=apply]').exists()).toBe(false)
})

test('a file is read, which is said while it lasts, and shows what would change', async () => {
  let arrive = () => {}
  hold = new Promise((resolve) => {
    arrive = resolve
  })
  await open()
  await choose('618 表.xlsx')
  expect(page.get('.doing').text()).toBe('正在读取表格…')
  arrive()
  await flushPromises()
  const sent = asked.find((it) => it.path.startsWith('/api/v1/imports?'))
  expect(new URLSearchParams(sent?.path.split('?')[1]).get('name')).toBe('618 表.xlsx')
  const counts = page.get('[data-testid=counts]').text()
  const told = ['186 行数据', '＋45 款新商品', '＋180 个新规格', '3 款商品有改动', '2,100 项写入', '6 行不变']
  expect(told.filter((words) => !counts.includes(words))).toEqual([])
  expect(page.get('[data-testid=changes]').text()).toContain('（空） → 59.00')
  expect(applies()).toEqual([])
})

test('a column that was guessed wrong is put right, and the preview is made again', async () => {
  await open()
  await choose()
  expect(page.findAll('[data-testid=column]')[2]?.text()).toContain('把握 80%，请核对')
  await meaning(1)?.setValue('selling_points')
  await flushPromises()
  await meaning(2)?.setValue('')
  await flushPromises()
  expect(puts()).toEqual([
    { columns: [{ column: 'F', field: 'selling_points' }] },
    { columns: [{ column: 'J', field: null }] },
  ])
})

test('a file without faults is imported as it was looked at, and can be undone', async () => {
  await open()
  await choose()
  await apply().trigger('click')
  await flushPromises()
  expect(applies()).toEqual([{ digest: 'digest-1', leave_out_faulty: false, confirmed_rows: [] }])
  const applied = () => page.get('[data-testid=applied]').text()
  expect(applied()).toContain('新增 45 款商品、180 个规格，写入 2,100 项')
  await button('撤销这次导入')?.trigger('click')
  await flushPromises()
  document.querySelector<HTMLElement>('.n-popconfirm__action button:last-child')?.click()
  await flushPromises()
  expect(applied()).toContain('已撤销 2 项')
})

test('rows with faults are left out only after somebody said so', async () => {
  one = preview([fault(24, 'error')])
  await open()
  await choose()
  const told = page.get('[data-testid=fault]').findAll('th, td')
  expect(told.slice(0, 4).map((it) => it.text())).toEqual(['24', 'J 成本价', '-15.00', '大于 0 的价格'])
  expect(apply().attributes('disabled')).toBeDefined()
  await apply().trigger('click')
  expect(applies()).toEqual([])
  await page.get('.leave input').setValue(true)
  expect(apply().text()).toBe('确认导入 185 行')
  await apply().trigger('click')
  await flushPromises()
  expect(applies()).toEqual([{ digest: 'digest-1', leave_out_faulty: true, confirmed_rows: [] }])
  expect(page.get('[data-testid=applied]').text()).toContain('没有导入的行：24')
})

test('a doubted row is imported when it was checked, one that is wrong as well is not', async () => {
  one = preview([
    fault(7, 'warning'),
    fault(24, 'warning'),
    fault(24, 'error', { column: 'A', field: 'product' }),
  ])
  await open()
  await choose()
  expect(page.findAll('[data-testid=fault] input')).toHaveLength(1)
  await page.get('[data-testid=fault] input').setValue(true)
  expect(page.get('.leave').text()).toContain('有问题的 1 行')
  await page.get('.leave input').setValue(true)
  await apply().trigger('click')
  await flushPromises()
  expect(applies()).toEqual([{ digest: 'digest-1', leave_out_faulty: true, confirmed_rows: [7] }])
})

test('a catalogue that moved on is looked at again before anything is imported', async () => {
  await open()
  await choose()
  refusals = [refusal(409, 'import_changed')]
  one = { ...one, plan: { ...plan([]), digest: 'digest-2', products_added: 44 } }
  await apply().trigger('click')
  await flushPromises()
  expect(page.get('[data-testid=failure]').text()).toContain('下面是最新的预览')
  expect(page.get('[data-testid=counts]').text()).toContain('＋44 款新商品')
  await apply().trigger('click')
  await flushPromises()
  expect(applies().at(-1)).toMatchObject({ digest: 'digest-2' })
})

test('a preview is discarded, and a file that cannot be read says why', async () => {
  await open()
  await choose()
  await page.get('[data-testid=discard]').trigger('click')
  await flushPromises()
  expect(asked.some((it) => it.method === 'DELETE' && it.path === '/api/v1/imports/import-1')).toBe(true)
  expect(page.find('[data-testid=counts]').exists()).toBe(false)
  refusals = [refusal(422, 'sheet', [{ field: 'file', expected: 'CSV 或 XLSX', found: 'PDF' }])]
  await choose('目录.pdf')
  expect(page.get('[data-testid=failure]').text()).toContain('CSV 或 XLSX (PDF)')
})

test('in the other language nothing is left in Chinese but what stands in the file', async () => {
  one = preview([fault(24, 'error')])
  await open()
  await choose()
  setLanguage('en')
  await flushPromises()
  expect(page.text()).toContain('Leave out the 1 rows with problems')
  expect(page.text().replaceAll(/商品ID|说法|成本价|真好|商品/g, '')).not.toMatch(/\p{Script=Han}/u)
})
