import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Action } from '../../api/session'
import { entry, plan } from '../../testing/faq'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer, problem } from '../../testing/server'
import FaqPage from './FaqPage.vue'
import ImportPanel from './ImportPanel.vue'
import LearnedPanel from './LearnedPanel.vue'
import PastePanel from './PastePanel.vue'

type Answer = { status: number; body?: unknown }
let page: VueWrapper
let asked: Asked[]
/** What the server says instead, by method and the beginning of a path. */
let answers: [string, (one: Asked) => Answer][]
let entries: ReturnType<typeof entry>[]

const version = (n: number, origin: string, short: string) => ({
  version: n,
  origin,
  owner: '小林',
  by: '小林',
  at: 0,
  content: entry('f1', '什么时候发货', { short }).content,
})
const words = (id: string) => ({
  id,
  entry: 'f1',
  question: '什么时候发货',
  show: null,
  text: '啥时候发呀',
  at: 0,
  by: { id: 'person-2', name: '小林' },
  state: 'waiting',
  decided_at: null,
  decided_by: '',
})

beforeEach(() => {
  entries = [entry('f2', '尺码怎么选', { level: 'B' }), entry('f1', '什么时候发货')]
  answers = []
  asked = fakeServer((one): Answer => {
    const said = answers.find(([start]) => `${one.method} ${one.path}`.startsWith(start))
    if (said) return said[1](one)
    if (one.path.startsWith('/api/v1/faq/slots'))
      return {
        status: 200,
        body: { slots: [{ name: 'price', label: { zh: '直播价', en: 'price' }, example: '{{price}}' }] },
      }
    if (one.path.startsWith('/api/v1/faq/learned'))
      return { status: 200, body: { learned: [words('l1')], next: null } }
    if (one.path.startsWith('/api/v1/faq/health'))
      return {
        status: 200,
        body: {
          active: 2,
          well: 1,
          counts: [{ ailment: 'often_rewritten', count: 1 }],
          entries: [{ ailments: ['often_rewritten'], entry: entries[1] }],
          next: null,
        },
      }
    if (one.path.endsWith('/history'))
      return {
        status: 200,
        body: { versions: [version(2, 'written', '新答复'), version(1, 'pasted', '旧答复')] },
      }
    if (one.path === '/api/v1/faq/f2') return { status: 200, body: entries[0] }
    if (one.path.startsWith('/api/v1/faq/f1')) return { status: 200, body: entries[1] }
    if (one.path.startsWith('/api/v1/faq')) return { status: 200, body: { entries, next: null } }
    if (one.path.startsWith('/api/v1/wording'))
      return { status: 200, body: { hits: [], level: null, stale: null } }
    return {
      status: 200,
      body: { shows: [], products: [], categories: [], fields: [], statuses: [], next: null },
    }
  })
})
afterEach(() => {
  page.unmount()
  document.body.innerHTML = ''
  vi.useRealTimers()
})
const CREW: Action[] = ['view_shows', 'edit_faq', 'export_data']
async function open(permissions = CREW) {
  page = mountIn(FaqPage, { permissions })
  await flushPromises()
}
const button = (name: string) => page.findAll('button').find((one) => one.text() === name)
const last = (method: string) =>
  asked.findLast((one) => one.method === method && !one.path.includes('/wording'))
async function openFirst() {
  await open()
  await page.findAll('[data-testid="entry"] button')[1]?.trigger('click')
  await flushPromises()
}

test('entries are listed, found when the hand rests, and filtered', async () => {
  vi.useFakeTimers()
  await open()
  expect(page.findAll('[data-testid="entry"]')).toHaveLength(2)
  expect(page.get('[data-testid="entry"]').text()).toContain('尺码怎么选')
  for (const text of ['发', '发货']) await page.get('input[type="search"]').setValue(text)
  await vi.advanceTimersByTimeAsync(300)
  await flushPromises()
  const searches = asked.filter((one) => one.path.includes('search='))
  expect(searches.map((one) => decodeURIComponent(one.path))).toEqual(['/api/v1/faq?search=发货&limit=50'])
  entries = []
  await page.get('[data-testid="level"]').setValue('C')
  await flushPromises()
  expect(last('GET')?.path).toContain('level=C')
  expect(page.text()).toContain('没有符合条件的话术')
})

test('the list says when there is nothing, and what went wrong', async () => {
  entries = []
  await open()
  expect(page.text()).toContain('还没有话术')
  page.unmount()
  answers = [['GET /api/v1/faq?', () => problem(503, '数据库繁忙')]]
  await open()
  expect(page.text()).toContain('数据库繁忙')
  answers = []
  entries = [entry('f1', '什么时候发货')]
  await button('重试')?.trigger('click')
  await flushPromises()
  expect(page.findAll('[data-testid="entry"]')).toHaveLength(1)
})

test('arrows walk from the search through the rows', async () => {
  await open()
  const search = page.get('input[type="search"]')
  await search.trigger('keydown', { key: 'ArrowDown' })
  const rows = page.findAll('button.ask').map((one) => one.element)
  expect(document.activeElement).toBe(rows[0])
  await page.findAll('button.ask')[0]?.trigger('keydown', { key: 'ArrowDown' })
  expect(document.activeElement).toBe(rows[1])
})

test('who may not write reads, and sees neither paste nor review', async () => {
  await open(['view_shows'])
  expect(page.find('[data-testid="create"]').exists()).toBe(false)
  expect(page.findAll('[role="tab"]').map((one) => one.text())).toEqual(['话术', '健康'])
  await page.findAll('button.ask')[1]?.trigger('click')
  await flushPromises()
  expect(page.text()).toContain('只能查看')
  expect(page.find('[data-testid="save"]').exists()).toBe(false)
})

test('an entry is changed with the version that was looked at', async () => {
  await openFirst()
  const editor = page.get('[data-testid="editor"]')
  expect(editor.get('[data-testid="short-chars"]').text()).toContain('/45')
  await editor.get('textarea[aria-label="公屏短答"]').setValue('字'.repeat(47))
  expect(editor.get('[data-testid="short-chars"]').text()).toContain('超 2 字')
  await editor.get('textarea[aria-label="公屏短答"]').setValue('{{ship_by}}发')
  await editor.get('textarea[aria-label="问法"]').setValue('多久发\n几天发')
  answers = [['PUT', () => ({ status: 200, body: entry('f1', '什么时候发货', {}, 3) })]]
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 's', ctrlKey: true }))
  await flushPromises()
  const sent = last('PUT')?.body as { version: number; entry: { variants: string[]; short: string } }
  expect([sent.version, sent.entry.variants, sent.entry.short]).toEqual([
    2,
    ['多久发', '几天发'],
    '{{ship_by}}发',
  ])
  expect(page.text()).toContain('已保存为第 3 版')
})

test('a slot goes into the answer that was typed in last', async () => {
  await openFirst()
  await page.get('textarea[aria-label="完整答复"]').trigger('focusin')
  await button('直播价 {{price}}')?.trigger('click')
  expect((page.get('textarea[aria-label="完整答复"]').element as HTMLTextAreaElement).value).toBe('{{price}}')
})

test('mistakes stand beside their fields, and a newer version can be loaded', async () => {
  await openFirst()
  await page.get('input[aria-label="标准问题"]').setValue('改一改')
  const errors = [{ field: 'variants[3]', expected: '不超过 60 字', found: '61 字' }]
  const body = { type: 'x', code: 'invalid', title: '有些内容不符合要求', status: 422, errors }
  answers = [['PUT', () => ({ status: 422, body })]]
  await page.get('[data-testid="editor"]').trigger('submit')
  await flushPromises()
  expect(page.get('span.fault').text()).toBe('不超过 60 字 (61 字)')
  answers = [
    ['PUT', () => ({ status: 409, body: { ...body, code: 'faq_changed', errors: [], title: '刚被改过' } })],
  ]
  await page.get('[data-testid="editor"]').trigger('submit')
  await flushPromises()
  await page.get('[data-testid="reload"]').trigger('click')
  await flushPromises()
  expect((page.get('input[aria-label="标准问题"]').element as HTMLInputElement).value).toBe('什么时候发货')
})

test('what is not saved is not lost by opening something else', async () => {
  await openFirst()
  await page.get('input[aria-label="标准问题"]').setValue('改一改')
  await page.findAll('button.ask')[0]?.trigger('click')
  await flushPromises()
  expect(page.get('[data-testid="unsaved"]').text()).toContain('有未保存的修改')
  expect(page.find('[data-testid="editor"]').exists()).toBe(true)
  await page.get('[data-testid="discard"]').trigger('click')
  await flushPromises()
  expect(asked.some((one) => one.path === '/api/v1/faq/f2')).toBe(true)
})

test('versions tell what changed and can come back', async () => {
  await openFirst()
  const rows = page.findAll('[data-testid="version"]')
  expect(rows[0]?.text()).toContain('改了：公屏短答')
  expect(rows[1]?.text()).toContain('粘贴导入')
  await rows[1]?.get('[aria-expanded]').trigger('click')
  expect(page.get('[data-testid="looked"]').text()).toContain('旧答复')
  await rows[1]?.get('[data-testid="back"]').trigger('click')
  await flushPromises()
  const yes = [...document.querySelectorAll('.n-popconfirm button')].at(-1) as HTMLButtonElement
  yes.click()
  await flushPromises()
  expect(last('POST')).toMatchObject({ path: '/api/v1/faq/f1/rollback', body: { version: 2, to: 1 } })
})

test('the health page leads to what needs care', async () => {
  await open()
  await button('健康')?.trigger('click')
  await flushPromises()
  const ailing = page.get('[data-testid="ailing"]')
  expect(ailing.text()).toContain('常被改写')
  expect(ailing.text()).toContain('发送 10 次，改写 6 次')
  await page.get('[data-testid="ailment"]').trigger('click')
  await flushPromises()
  expect(last('GET')?.path).toContain('ailment=often_rewritten')
})

test('lines are looked at when the hand rests, wrong ones are named, good ones taken in', async () => {
  vi.useFakeTimers()
  page = mountIn(PastePanel, { permissions: CREW })
  await flushPromises()
  answers = [
    [
      'POST /api/v1/faq/paste',
      (one) => ({ status: 200, body: plan({ applied: one.body.apply as boolean }) }),
    ],
  ]
  const area = page.get('textarea')
  await area.setValue('发货|48小时\n价格|{{prise}}\n尺码|报身高')
  await vi.advanceTimersByTimeAsync(400)
  await flushPromises()
  expect(page.get('[data-testid="counts"]').text()).toContain('新增 2')
  expect(page.get('[data-testid="fault"]').text()).toContain('已有的变量：price')
  await page.get('[data-testid="fault"] button').trigger('click')
  const element = area.element as HTMLTextAreaElement
  expect(element.value.slice(element.selectionStart, element.selectionEnd)).toBe('价格|{{prise}}')
  expect(page.get('[data-testid="apply"]').text()).toBe('导入 2 条，略过 1 行')
  await page.get('[data-testid="apply"]').trigger('click')
  await flushPromises()
  expect(last('POST')?.body).toMatchObject({ apply: true, digest: 'd1', level: 'B', state: 'active' })
  expect(page.get('[data-testid="done"]').text()).toContain('新增 2 条')
  expect(element.value, 'what was wrong stays, to be put right').toBe('价格|{{prise}}')
})

test('a sheet is sent, looked at, and sent again with what was seen', async () => {
  page = mountIn(ImportPanel, { permissions: CREW })
  const columns = [
    { column: 'A', header: '问题', field: 'question' },
    { column: 'B', header: '库存', field: null },
  ]
  answers = [
    [
      'POST /api/v1/faq/import',
      (one) => ({
        status: 200,
        body: { sheet: '表', columns, notes: [], plan: plan({ applied: one.path.includes('digest') }) },
      }),
    ],
  ]
  const input = page.get('input[type="file"]')
  Object.defineProperty(input.element, 'files', { value: [new File(['问题,回复'], 'faq.csv')] })
  await input.trigger('change')
  await flushPromises()
  expect(page.get('[data-testid="columns"]').text()).toContain('A 问题 → 标准问题')
  expect(page.get('[data-testid="columns"]').text()).toContain('不导入')
  await page.get('[data-testid="apply"]').trigger('click')
  await flushPromises()
  expect(last('POST')?.path).toBe('/api/v1/faq/import?name=faq.csv&digest=d1')
  expect(page.get('[data-testid="done"]').text()).toContain('略过 1 行')
})

test('what was learned is taken or refused', async () => {
  page = mountIn(LearnedPanel, { permissions: CREW })
  await flushPromises()
  expect(page.get('[data-testid="words"]').text()).toContain('啥时候发呀')
  await page.get('[data-testid="take"]').trigger('click')
  await flushPromises()
  expect(last('POST')?.path).toBe('/api/v1/faq/learned/l1/take')
  answers = [['POST', () => problem(409, '该问法已有人处理过')]]
  await page.get('[data-testid="refuse"]').trigger('click')
  await flushPromises()
  expect(page.get('[data-testid="refused"]').text()).toContain('该问法已有人处理过')
})
