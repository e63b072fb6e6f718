import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openBrowser, SCREENSHOTS, start } from './program.mjs'

let folder
let program
let browser
let page

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livehand-browser-'))
  program = await start(
    ['serve', '--data', folder, '--listen', '127.0.0.1:0'],
    (output) => output.match(/http:\S+\/enter#\w+/)?.[0],
  )
  browser = await openBrowser()
  page = await browser.newPage({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' })
})

after(async () => {
  await browser?.close()
  await program?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('the first start link makes the owner, who plans a show and opens it', async () => {
  await page.goto(program.found)
  await page.getByLabel('姓名').waitFor()
  await page.screenshot({ path: `${SCREENSHOTS}enter-1280.png` })
  await page.getByLabel('姓名').fill('店长阿青')
  await page.getByLabel('密码').fill('short')
  await page.getByRole('button', { name: '创建账号' }).click()
  await page.getByRole('alert').getByText('至少 8 个字符').waitFor()
  await page.getByLabel('密码').fill('a long enough password')
  await page.getByRole('button', { name: '创建账号' }).click()
  await page.getByText('还没有场次').waitFor()
  await page.getByLabel('标题', { exact: true }).fill('周三日常')
  await page.getByRole('button', { name: '新建场次' }).click()
  await page.getByRole('button', { name: '开播' }).click()
  await page.getByText('直播中').waitFor()
  await page.screenshot({ path: `${SCREENSHOTS}shows-1280.png` })
})

test('the link works once, a wrong password is refused, the right one lets in', async () => {
  await page.getByRole('button', { name: '退出' }).click()
  await page.goto(program.found)
  await page.getByText('这个链接已被使用或已过期').waitFor()
  await page.goto(new URL('/shows', program.found).href)
  await page.getByLabel('姓名').fill('店长阿青')
  await page.getByLabel('密码').fill('something else')
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByText('姓名或密码不对').waitFor()
  await page.getByLabel('密码').fill('a long enough password')
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByText('周三日常').waitFor()
})

test('an invited person sees only what their hats allow', async () => {
  await page.getByRole('link', { name: '成员' }).click()
  await page.getByLabel('姓名', { exact: true }).fill('客服小周')
  await page.locator('.n-base-selection').click()
  await page.locator('.n-base-select-option').filter({ hasText: '客服' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: '添加成员' }).click()
  const link = await page.locator('code').textContent()
  const guest = await browser.newPage({ locale: 'zh-CN' })
  await guest.goto(link)
  await guest.getByTestId('metric-tile').first().waitFor()
  assert.equal(
    await guest.getByRole('textbox', { name: '推送' }).count(),
    0,
    'customer service pushes no cards',
  )
  await guest.goto(new URL('/shows', link).href)
  await guest.getByText('周三日常').waitFor()
  assert.equal(await guest.getByRole('button', { name: '下播' }).count(), 0)
})
