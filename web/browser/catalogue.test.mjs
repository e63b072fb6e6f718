// An assistant prepares a product at night: imports the sheet, finds the product, fills in what is missing until it is
// complete, changes prices in the grid, and takes back what was wrong.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { overflowing } from './layout.mjs'
import { createOwner, openBrowser, SCREENSHOTS, start, until, watchErrors } from './program.mjs'

const SHEET = fileURLToPath(new URL('../../demo/618/clean.csv', import.meta.url))
const DEFECTS = fileURLToPath(new URL('../../demo/618/products.csv', import.meta.url))
const SIZES = [
  [1280, 800],
  [1920, 1080],
]
let folder
let program
let browser
let owner
let page
const errors = []

async function call(path, options) {
  const response = await owner.request.fetch(new URL(`/api/v1${path}`, program.found).href, options)
  assert.ok(response.ok(), `${path}: ${response.status()} ${await response.text()}`)
  return response.json()
}
const post = (path, data) => call(path, { method: 'POST', data })
const find = async (search) => (await call(`/products?search=${encodeURIComponent(search)}`)).products
const go = (path) => page.goto(new URL(path, program.found).href)
/** Looks at the page in both sizes. */
async function look(name) {
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    assert.deepEqual(await overflowing(page), [], `${name}: nothing is cut off at ${width}`)
    await page.screenshot({ path: `${SCREENSHOTS}catalogue-${name}-${width}.png` })
  }
  await page.setViewportSize({ width: 1280, height: 800 })
}
const cell = (key) => page.locator(`[data-cell="${key}"]`)
const fact = (field) => page.locator(`#field-${field}`)

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livehand-catalogue-'))
  program = await start(
    ['serve', '--data', folder, '--listen', '127.0.0.1:0'],
    (output) => output.match(/http:\S+\/enter#\w+/)?.[0],
  )
  browser = await openBrowser()
  owner = await browser.newContext({ locale: 'zh-CN' })
  const first = await owner.newPage()
  await createOwner(first, program.found)
  const { link } = await post('/people', { name: '助理小林', hats: ['assistant'] })
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'zh-CN' })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
  watchErrors(page, errors)
  await page.goto(new URL(link, program.found).href)
  await page.waitForURL(/\/shows/)
})
after(async () => {
  await browser?.close()
  await program?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('an empty catalogue leads to the import', async () => {
  await page.getByRole('link', { name: '商品库' }).click()
  await page.getByText('商品库是空的').waitFor()
  await look('empty')
  await page.getByRole('link', { name: '导入表格' }).first().click()
  await page.getByText('先预览，确认前不会改动商品库').waitFor()
})

test('a sheet with faults tells them by row and column, and is discarded', async () => {
  await page.getByLabel('选择表格文件').setInputFiles(DEFECTS)
  await page.getByTestId('fault').first().waitFor()
  const faults = await page.getByTestId('fault').allTextContents()
  assert.ok(
    faults.some((text) => /^24.*成本价.*-15/.test(text.replaceAll(/\s+/g, ' '))),
    faults.join('\n'),
  )
  assert.equal(
    await page.getByTestId('apply').isDisabled(),
    true,
    'rows with faults are not passed over in silence',
  )
  await look('import-faults')
  await page.getByTestId('discard').click()
  await page.getByTestId('counts').waitFor({ state: 'detached' })
  assert.equal((await call('/products')).products.length, 0)
})

test('the clean sheet is looked at and imported', async () => {
  await page.getByLabel('选择表格文件').setInputFiles(SHEET)
  await page.getByTestId('counts').getByText('186').first().waitFor()
  assert.match(await page.getByTestId('counts').innerText(), /＋70\s*款新商品/)
  await look('import')
  const leave = page.getByText(/行不导入，只导入其余的/)
  assert.equal(await leave.count(), 0, await page.getByTestId('counts').innerText())
  await page.getByTestId('apply').click()
  await page.getByTestId('applied').getByText('新增 70 款商品、186 个规格').waitFor()
  await page.screenshot({ path: `${SCREENSHOTS}catalogue-imported-1280.png` })
})

test('one product is found by typing, and opened', async () => {
  await page.getByRole('link', { name: '去商品库看' }).click()
  await page.getByTestId('row').nth(20).waitFor()
  await look('grid')
  await page.getByLabel('搜品名、品牌、编码、链接号').fill('网面鞋')
  await until(
    async () => (await page.getByRole('link', { name: /轻便网面运动鞋/ }).count()) === 1,
    'it is found',
  )
  await until(
    async () => (await page.getByRole('checkbox', { name: /^选择/ }).count()) === 1,
    'only it is found',
  )
  await page.screenshot({ path: `${SCREENSHOTS}catalogue-found-1280.png` })
  await page.getByRole('link', { name: /轻便网面运动鞋/ }).click()
  await page.getByTestId('gate').waitFor()
  await look('product')
})

test('what is missing is filled in from the gate until the product is complete', async () => {
  const gate = page.getByTestId('gate')
  const missing = await gate.getByRole('button').allInnerTexts()
  assert.ok(missing.includes('尺码表'), missing.join())
  await gate.getByRole('button', { name: '尺码表' }).click()
  const form = fact('size_chart').getByTestId('editor')
  await form.getByRole('textbox', { name: '尺码表' }).fill('鞋码\t脚长\n37\t235\n38\t240\n39\t245')
  await page.screenshot({ path: `${SCREENSHOTS}catalogue-fill-1280.png` })
  await form.getByRole('button', { name: '保存' }).click()
  await form.waitFor({ state: 'detached' })
  await gate.getByRole('button', { name: '划线价的依据' }).click()
  const proof = fact('list_price').getByTestId('evidence')
  await proof.getByLabel('8 个规格共用的依据').fill('6 月 10 日至 17 日成交截图 订单库/BY-WX')
  await page.screenshot({ path: `${SCREENSHOTS}catalogue-evidence-1280.png` })
  await proof.getByRole('button', { name: '保存' }).click()
  await proof.waitFor({ state: 'detached' })
  // The trial record is not needed, but an honest recommendation is.
  await fact('trial_record').getByRole('button', { name: '填写' }).click()
  const trial = fact('trial_record').getByTestId('editor')
  await trial.getByLabel('试用人').fill('小鹿')
  await trial.getByLabel('日期').fill('2026-06-01')
  await trial.getByLabel('记录').fill('穿了一周，脚宽要拍大一码')
  await trial.getByRole('button', { name: '保存' }).click()
  await fact('trial_record').getByText('脚宽要拍大一码').waitFor()
  for (const name of (await gate.getByRole('button').allInnerTexts()).filter((one) => one !== '设为可播')) {
    assert.fail(`still missing: ${name}`)
  }
  await gate.getByText('资料齐全，可以上播').waitFor()
  await gate.getByRole('button', { name: '设为可播' }).click()
  await gate.getByRole('button', { name: '退回草稿' }).waitFor()
  await look('complete')
})

test('a field remembers its versions, and the last one is taken back', async () => {
  const brand = fact('brand')
  await brand.getByRole('button', { name: '修改' }).click()
  await brand.getByRole('textbox', { name: '品牌' }).fill('步野旗舰')
  await page.keyboard.press('Enter')
  await brand.getByText('步野旗舰').waitFor()
  await brand.getByRole('button', { name: '历史' }).click()
  await until(async () => (await brand.getByTestId('version').count()) === 2, 'two versions')
  await page.screenshot({ path: `${SCREENSHOTS}catalogue-history-1280.png` })
  await brand.getByRole('button', { name: '撤销这次修改' }).click()
  await page.locator('.n-popconfirm__action button').last().click()
  await until(async () => (await brand.getByTestId('version').count()) === 3, 'undoing is a version as well')
  assert.equal((await find('网面鞋'))[0].brand, '步野')
})

test('a price is typed into the grid, doubted, put right, and undone', async () => {
  await go('/products')
  await page.getByLabel('搜品名、品牌、编码、链接号').fill('BY-WX')
  await until(
    async () => (await page.getByRole('checkbox', { name: /^选择/ }).count()) === 1,
    'only it is found',
  )
  const [{ id }] = await find('BY-WX')
  const price = cell(`${id}/BY-WX-01 live_price`)
  await price.click()
  await page.keyboard.type('9.9')
  await page.keyboard.press('Escape')
  assert.equal(await price.locator('input').inputValue(), '99.00', 'Escape restores')
  await page.keyboard.type('109')
  await page.keyboard.press('Enter')
  await price.getByText('¥109.00').waitFor()
  assert.match(
    await page.evaluate(() => document.activeElement.getAttribute('aria-label')),
    /BY-WX-02 直播价/,
  )
  await page.keyboard.type('9.9')
  await page.keyboard.press('Enter')
  await page.getByTestId('draft').waitFor()
  await look('doubted')
  await page.getByTestId('draft').getByRole('button', { name: '放弃' }).click()
  await page.getByTestId('undo').click()
  await price.getByText('¥99.00').waitFor()
  await page.getByText('已撤销 1 项').waitFor()
})

test('a rectangle from a spreadsheet is looked at before it is pasted, and undone with Ctrl+Z', async () => {
  const [{ id }] = await find('BY-WX')
  await page.evaluate(() => navigator.clipboard.writeText('135.00\t135.00\n136\t六十\n'))
  await cell(`${id}/BY-WX-01 daily_price`).click()
  await page.keyboard.press('Control+V')
  const preview = page.getByTestId('paste')
  await preview.getByText('应为数字').waitFor()
  await look('paste')
  await preview.getByText('跳过有问题的 1 格').click()
  await preview.getByRole('button', { name: '确认修改 3 格' }).click()
  await until(
    async () =>
      (await page.getByText('已保存 3 项').count()) + (await preview.getByText('没有通过').count()) > 0,
    'answered',
  )
  await page.screenshot({ path: `${SCREENSHOTS}catalogue-pasted-1280.png` })
  if ((await preview.count()) > 0) assert.fail(await preview.innerText())
  await cell(`${id}/BY-WX-02 daily_price`).getByText('¥136.00').waitFor()
  await page.keyboard.press('Control+Z')
  await cell(`${id}/BY-WX-02 daily_price`).getByText('¥139.00').waitFor()
})

test('what a colleague changed meanwhile is named, and what was typed is kept', async () => {
  const [{ id }] = await find('BY-WX')
  const price = cell(`${id}/BY-WX-03 live_price`)
  await price.click()
  await page.keyboard.type('101')
  await post('/facts', { edits: [{ product: id, sku: 'BY-WX-03', field: 'live_price', value: 10_300 }] })
  await page.keyboard.press('Enter')
  const draft = page.getByTestId('draft')
  await draft.getByText('店长阿青').waitFor()
  await draft.getByText('你填的：101').waitFor()
  await page.screenshot({ path: `${SCREENSHOTS}catalogue-stale-1280.png` })
  await draft.getByRole('button', { name: '用我的覆盖' }).click()
  await price.getByText('¥101.00').waitFor()
})

test('two products are compared, with what differs marked', async () => {
  await page.getByLabel('搜品名、品牌、编码、链接号').fill('')
  await until(async () => (await page.getByRole('checkbox', { name: /^选择/ }).count()) > 5, 'all again')
  for (const place of [0, 1]) await page.getByRole('checkbox', { name: /^选择/ }).nth(place).check()
  await page.getByTestId('compare').click()
  await page.locator('.differs').first().waitFor()
  await look('compare')
})

test('on air a price needs a second person', async () => {
  const [{ id }] = await find('BY-WX')
  const show = (await post('/shows', { title: '618 专场', kind: 'promotion' })).id
  await call(`/shows/${show}/lineup`, { method: 'PUT', data: { products: [id] } })
  await post(`/shows/${show}/open`, {})
  await go('/products')
  await page.getByLabel('搜品名、品牌、编码、链接号').fill('BY-WX')
  await page.getByTestId('on-air').waitFor()
  await cell(`${id}/BY-WX-01 live_price`).getByRole('link', { name: '需双人复核' }).waitFor()
  await look('on-air')
  await page.getByTestId('on-air').getByRole('link').click()
  await page.waitForURL(/\/changes$/)
  assert.deepEqual(errors, [])
})
