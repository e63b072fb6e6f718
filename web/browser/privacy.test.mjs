import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { overflowing } from './layout.mjs'
import {
  BINARY,
  callerOf,
  createOwner,
  openBrowser,
  SCREENSHOTS,
  start,
  until,
  watchErrors,
} from './program.mjs'

const NAME = '欧阳雪融'
const PHONE = '13800138765'
const SIZES = [
  [1280, 720],
  [1920, 1080],
]
let folder
let program
let browser
let service
let compliance
const errors = []
const urls = []

/** A page of somebody with these hats, entered by their one-time link. */
async function enter(owner, name, hats) {
  const added = await owner.done('/people', { name, hats })
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' })
  const page = await context.newPage()
  watchErrors(page, errors)
  page.on('request', (request) => urls.push(request.url()))
  await page.goto(new URL(added.link, program.found).href)
  await page.waitForURL(/\/shows$/)
  return page
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livehand-privacy-'))
  const keys = join(folder, 'keys.json')
  execFileSync(BINARY, ['keys', 'new', keys])
  program = await start(
    ['serve', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0'],
    (output) => output.match(/http:\S+\/enter#\w+/)?.[0],
    { LIVEHAND__KEYS: keys },
  )
  browser = await openBrowser()
  const context = await browser.newContext({ locale: 'zh-CN' })
  const first = await context.newPage()
  await createOwner(first, program.found)
  const owner = callerOf(context, program.found)
  const recipient = (name, phone) => ({ name, phone, address: '浙江省杭州市余杭区五常街道文一西路969号3幢' })
  await owner.done('/deliveries', {
    deliveries: [
      { id: 'T1001', class: 'order', recipient: recipient(NAME, PHONE) },
      { id: 'T1002', class: 'order', recipient: recipient('李明', '13911112222') },
    ],
  })
  service = await enter(owner, '客服小陈', ['customer_service'])
  compliance = await enter(owner, '合规阿琴', ['compliance'])
})

after(async () => {
  await browser?.close()
  await program?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function look(page, name) {
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    assert.deepEqual(await overflowing(page), [], `${name} at ${width}`)
    await page.screenshot({ path: join(SCREENSHOTS, `privacy-${name}-${width}.png`) })
  }
  await page.setViewportSize({ width: SIZES[0][0], height: SIZES[0][1] })
}

test('customer service finds a customer, sees them in clear for a reason, and asks to erase them', async () => {
  await service.getByRole('link', { name: '客户信息' }).click()
  await until(async () => (await service.getByTestId('customer').count()) === 2, 'two customers')
  await look(service, 'customers')
  await service.getByLabel('输入完整手机号查找').fill('138 0013 8765')
  await service.keyboard.press('Enter')
  await until(async () => (await service.getByTestId('customer').count()) === 1, 'the one found')
  await service.getByTestId('customer').getByRole('button', { name: '查看' }).click()
  await service.locator('.n-drawer .n-base-selection').first().click()
  await service.getByText('核对地址').click()
  await service.getByLabel('备注，如工单号').fill('工单 1024')
  await service.getByTestId('reveal').click()
  await service.getByTestId('clear').getByText(NAME).waitFor()
  assert.match(await service.getByRole('timer').innerText(), /(300|29\d) 秒后自动隐藏/)
  await look(service, 'clear')
  await service.getByRole('button', { name: '现在隐藏' }).click()
  await until(async () => !(await service.content()).includes(NAME), 'hidden')
  await service.getByLabel('申请删除的理由').fill('本人要求，工单 88')
  await service.getByTestId('erase').click()
  await service.getByRole('button', { name: '确认' }).click()
  await service.getByText('已提交，等待合规确认').waitFor()
  const stored = await service.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
  assert.ok(!stored.includes(NAME) && !stored.includes(PHONE))
})

test('compliance sees who looked, and erases the customer', async () => {
  await compliance.getByRole('link', { name: '客户信息' }).click()
  await compliance.getByRole('link', { name: '隐私记录' }).click()
  await compliance.getByTestId('look').getByText('核对地址').waitFor()
  await look(compliance, 'records')
  await compliance.getByTestId('confirm-erase').click()
  await compliance.getByRole('button', { name: '确认', exact: true }).click()
  await compliance.getByTestId('erasure').getByText('已删除').waitFor()
  await compliance.getByRole('link', { name: '客户信息' }).first().click()
  await until(async () => (await compliance.getByTestId('customer').count()) === 2, 'both rows stay')
  assert.ok(!(await compliance.content()).includes('138****8765'))
})

test('nothing failed on the way, and no address held a number or a name', () => {
  assert.deepEqual(errors, [])
  const told = urls.map((url) => decodeURIComponent(url))
  assert.deepEqual(
    told.filter((url) => url.includes('138') && url.replace(/\D/g, '').includes(PHONE)),
    [],
  )
  assert.ok(!told.some((url) => url.includes(NAME)))
})
