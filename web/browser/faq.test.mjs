import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { overflowing } from './layout.mjs'
import { createOwner, openBrowser, SCREENSHOTS, start, until, watchErrors } from './program.mjs'

const SIZES = [
  [1280, 720],
  [1920, 1080],
]
const LINES = [
  '什么时候发货/多久发/几天发货/今天拍今天发吗/啥时候发/几号能发/现货吗/拍了多久发/发货快吗/当天发吗/最晚哪天发/下单多久发|{宝宝/家人}，{{ship_by}}发出',
  '发什么快递/能发顺丰吗/什么物流|默认{{carrier}}，从{{warehouse}}发出',
  '1|穿什么码/160 110穿啥/偏大还是偏小|报身高体重，帮您选：{{size height weight}}',
  '几号链接/怎么拍/链接在哪|{{link}}号链接，点小黄车就能拍',
  '有运费险吗/退货运费谁出|{{freight_insurance}}',
  '价格|到手{{prise}}元',
  '这一行没有竖线',
  '会起球吗/起球不|面料是{{material}}，正常穿洗不易起球',
]
let folder
let program
let browser
let page
const errors = []

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livehand-faq-'))
  program = await start(
    ['serve', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0'],
    (output) => output.match(/http:\S+\/enter#\w+/)?.[0],
  )
  browser = await openBrowser()
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' })
  page = await context.newPage()
  watchErrors(page, errors)
  await createOwner(page, program.found)
  const product = { id: 'tee', name: '纯棉T恤', price_fen: 9_900, link_number: 1 }
  const added = await context.request.post(new URL('/api/v1/products', program.found).href, { data: product })
  assert.equal(added.status(), 201, await added.text())
  await page.getByRole('link', { name: '话术库' }).click()
})

after(async () => {
  await browser?.close()
  await program?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Nothing is larger than its room at either size; a picture of both for whoever looks. */
async function look(name) {
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    assert.deepEqual(await overflowing(page), [], `${name} at ${width}`)
    await page.screenshot({ path: join(SCREENSHOTS, `faq-${name}-${width}.png`) })
  }
  await page.setViewportSize({ width: SIZES[0][0], height: SIZES[0][1] })
}
const entries = () => page.getByTestId('entry').count()

test('lines are pasted, the wrong ones named, the others taken in', async () => {
  await page.getByText('还没有话术').waitFor()
  await look('empty')
  await page.getByRole('tab', { name: '批量粘贴' }).click()
  await page.getByLabel('要粘贴的话术').fill(LINES.join('\n'))
  await page.getByText('8 行：新增 6').waitFor()
  assert.equal(await page.getByTestId('fault').count(), 2)
  await look('paste')
  await page.getByTestId('apply').click()
  await page.getByTestId('done').waitFor()
  assert.equal(await page.getByLabel('要粘贴的话术').inputValue(), LINES.slice(5, 7).join('\n'))
  await page.getByRole('button', { name: '查看话术库' }).click()
  await until(async () => (await entries()) === 6, 'six entries')
})

test('an entry is found while typing, opened by the keyboard, changed, and rolled back', async () => {
  await page.keyboard.press('/')
  await page.keyboard.type('几天')
  await until(async () => (await entries()) === 1, 'one entry is left')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByLabel('公屏短答').fill('{宝宝/家人}，48小时内发出，急单备注')
  await look('editor')
  await page.keyboard.press('Control+s')
  await page.getByText('已保存为第 2 版').waitFor()
  await page.getByTestId('version').nth(1).getByTestId('back').click()
  await page.locator('.n-popconfirm').getByRole('button').last().click()
  await page.getByText('已保存为第 3 版').waitFor()
  assert.match(await page.getByLabel('公屏短答').inputValue(), /ship_by/)
  await page.getByTestId('history').scrollIntoViewIfNeeded()
  await look('history')
  await page.keyboard.press('Escape')
  await page.getByText('选一条话术').waitFor()
})

test('what needs care is listed with its reasons', async () => {
  await page.getByRole('tab', { name: '健康' }).click()
  await page.getByTestId('ailing').first().waitFor()
  await page.getByTestId('ailing').first().getByRole('button').click()
  await page.getByTestId('editor').waitFor()
  await look('health')
})

test('a sheet is looked at and taken in', async () => {
  const sheet = join(folder, '客服话术.csv')
  const rows = [
    '问题,相似问,回复,自动级别,库存',
    '几点开播,明天播吗/几点播,{{show_schedule}}开播,A,3',
    '保修多久,,一年,D,',
  ]
  writeFileSync(sheet, rows.join('\n'))
  await page.getByRole('tab', { name: '导入表格' }).click()
  await page.getByLabel('选择文件').setInputFiles(sheet)
  await page.getByText('2 行：新增 1').waitFor()
  await look('import')
  await page.getByTestId('apply').click()
  await page.getByTestId('done').waitFor()
})

test('words of viewers wait, and become a variant', async () => {
  const list = await page.request.get(new URL('/api/v1/faq?search=几天', program.found).href)
  const [{ id }] = (await list.json()).entries
  for (const text of ['咋还不发', '发了没'])
    await page.request.post(new URL(`/api/v1/faq/${id}/learned`, program.found).href, { data: { text } })
  await page.getByRole('tab', { name: '待审问法' }).click()
  await until(async () => (await page.getByTestId('words').count()) === 2, 'two wait')
  await look('learned')
  await page.getByTestId('take').first().click()
  await until(async () => (await page.getByTestId('words').count()) === 1, 'one waits')
})

test('nothing failed on the way', () => {
  assert.deepEqual(errors, [])
})
