import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { overflowing } from './layout.mjs'
import { createOwner, openBrowser, SCREENSHOTS, start, until, watchErrors } from './program.mjs'

const SIZES = [
  [1280, 720],
  [1920, 1080],
]
const PRODUCTS = [
  ['p-1', '纯棉四件套 1.8 米床', 19_900],
  ['p-2', '洗衣凝珠 50 颗', 2_990],
  ['p-3', '小鹿保温杯 500 毫升', 7_900],
  ['p-4', '扫地机器人 自清洁基站', 249_900],
  ['p-5', '净屿厨房油污喷雾', 1_990],
  ['p-6', '空气炸锅 6 升', 39_900],
  ['p-7', '颈椎按摩仪', 59_900],
  ['p-8', '抽纸 30 包整箱', 4_990],
  ['p-9', '电动牙刷 声波', 12_900],
]
/** A debug build takes seconds for an order. */
const ORDER_MS = 45_000
let folder
let program
let browser
let context
let page
let show
const errors = []

async function call(path, options) {
  const response = await context.request.fetch(new URL(`/api/v1${path}`, program.found).href, options)
  assert.ok(response.ok(), `${path}: ${response.status()} ${await response.text()}`)
  return response.json()
}
const lineup = async () => (await call(`/shows/${show}/lineup`)).items.map((item) => item.product.id)

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livehand-lineup-'))
  program = await start(
    ['serve', '--data', folder, '--listen', '127.0.0.1:0'],
    (output) => output.match(/http:\S+\/enter#\w+/)?.[0],
  )
  browser = await openBrowser()
  context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' })
  page = await context.newPage()
  page.setDefaultTimeout(ORDER_MS)
  watchErrors(page, errors)
  await createOwner(page, program.found)
  await page.getByLabel('标题', { exact: true }).fill('周三日常')
  await page.getByRole('button', { name: '新建场次' }).click()
  await page.getByRole('link', { name: '排品' }).click()
  await page.waitForURL(/\/lineup$/)
  show = page.url().split('/').at(-2)
})

after(async () => {
  await browser?.close()
  await program?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('without products the page says so, and with them what it takes for granted', async () => {
  await page.getByText('本场还没有排品').waitFor()
  for (const [place, [id, name, price]] of PRODUCTS.entries())
    await call('/products', {
      method: 'POST',
      data: { id, name, price_fen: price, link_number: place + 1 },
    })
  await call(`/shows/${show}/lineup`, { method: 'PUT', data: { products: PRODUCTS.map(([id]) => id) } })
  await page.reload()
  await page.getByTestId('rests').getByText('还没有历史场次可参考').waitFor()
  assert.equal(await page.getByTestId('planned-product').count(), PRODUCTS.length)
  assert.equal(
    await page.getByLabel('讲解分钟 净屿厨房油污喷雾').getAttribute('placeholder'),
    '3',
    'the cheapest product opens the show',
  )
})

test('a wrong number is told at its field, and what is put right makes an order', async () => {
  const minutes = page.getByLabel('讲解分钟 空气炸锅 6 升')
  await page.getByLabel('整场时长（分钟）').fill('40')
  await minutes.fill('六')
  await page.getByRole('alert').getByText('填 1 到 1,440 的整数').waitFor()
  await minutes.fill('50')
  await page.getByRole('button', { name: '提出排品建议' }).click()
  await page.getByRole('alert').getByText('应为1 到 40').waitFor()
  await page.getByTestId('failure').getByText('有 1 处填写不对').waitFor()
  await minutes.fill('6')
  await page.getByLabel('必播 颈椎按摩仪').check()
  await page.getByLabel('锁定分钟 洗衣凝珠 50 颗').fill('20')
  await page.getByLabel('品类 纯棉四件套').fill('家纺')
  await page.getByRole('button', { name: '提出排品建议' }).click()
  await page.getByTestId('order').waitFor()
  assert.match(await page.getByTestId('gap').textContent(), /距最优最多差 [\d.]+%|已是最优/)
  const rows = await page.getByTestId('order-row').allTextContents()
  assert.match(rows[0], /^0–3.*净屿厨房油污喷雾.*首款引流/)
  assert.match(
    rows.find((row) => row.includes('洗衣凝珠')),
    /^20–2\d.*锁定/,
  )
  assert.ok(rows.find((row) => row.includes('扫地机器人'))?.includes('高价品'), rows.join('\n'))
})

test('nothing on the page is cut off, in both sizes and both languages', async () => {
  for (const language of ['zh', 'en']) {
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height })
      assert.deepEqual(await overflowing(page), [], `nothing is cut off at ${width} in ${language}`)
      await page.screenshot({ path: `${SCREENSHOTS}lineup-${language}-${width}.png` })
    }
    await page.getByRole('button', { name: language === 'zh' ? 'English' : '中文' }).click()
  }
  await page.setViewportSize({ width: 1280, height: 720 })
})

test('the order is used, no product is lost, and the order before comes back', async () => {
  const before = await lineup()
  await page.getByRole('button', { name: '采用' }).click()
  await page.getByText('已采用').waitFor()
  const used = await lineup()
  assert.notDeepEqual(used, before)
  assert.deepEqual([...used].sort(), [...before].sort())
  await page.getByRole('button', { name: '撤销' }).click()
  await page.getByText('已撤销').waitFor()
  assert.deepEqual(await lineup(), before)
})

test('of a show on air the rest is ordered, which the cockpit leads to', async () => {
  await call(`/shows/${show}/open`, { method: 'POST' })
  const at = Date.now() - 5 * 60_000
  const event = { id: 'e-1', at, type: 'comment', user: 'u-1', name: '小鱼', text: '来了' }
  await call(`/shows/${show}/events?source=test`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    data: JSON.stringify(event),
  })
  await call(`/shows/${show}/stage`, { method: 'POST', data: { product: 'p-5' } })
  await page.goto(new URL(`/shows/${show}`, program.found).href)
  await page.getByRole('link', { name: '排品', exact: true }).click()
  await page.getByTestId('on-air').getByText('已播 1 款').waitFor()
  await page.getByRole('button', { name: '提出排品建议' }).click()
  await page.getByTestId('order').waitFor()
  await until(async () => (await page.getByTestId('order-row').count()) > 0, 'rows')
  const rows = await page.getByTestId('order-row').allTextContents()
  assert.ok(rows.every((row) => !row.includes('净屿厨房油污喷雾') && Number(row.split('–')[0]) >= 5))
  await page.screenshot({ path: `${SCREENSHOTS}lineup-on-air-1280.png` })
  assert.deepEqual(errors, [])
})
