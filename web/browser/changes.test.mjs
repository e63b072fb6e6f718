// 中控 asks for a price change, 运营 approves it on a phone, a wrong page price trips the breaker, and two people lift it.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { overflowing } from './layout.mjs'
import { createOwner, openBrowser, SCREENSHOTS, start, until, watchErrors } from './program.mjs'

const PHONE = { width: 390, height: 844 }
const CREW = [
  ['示例中控', ['control_operator'], { width: 1280, height: 800 }],
  ['示例运营', ['operations'], PHONE],
  ['示例场控', ['floor_director'], PHONE],
]
let folder
let program
let browser
let owner
let show
const crew = {}
const errors = []

async function call(path, options) {
  const response = await owner.request.fetch(new URL(`/api/v1${path}`, program.found).href, options)
  assert.ok(response.ok(), `${path}: ${response.status()} ${await response.text()}`)
  return response.json()
}
const post = (path, data) => call(path, { method: 'POST', data })
const price = async () => (await call(`/shows/${show}/lineup`)).items[0].product.price_fen
/** Chooses the product in the form of a section. */
async function choose(page, section) {
  await section.locator('.n-base-selection').first().click()
  await page.locator('.n-base-select-option:visible', { hasText: '翡翠手镯' }).click()
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livehand-changes-'))
  program = await start(
    ['serve', '--data', folder, '--listen', '127.0.0.1:0'],
    (output) => output.match(/http:\S+\/enter#\w+/)?.[0],
  )
  browser = await openBrowser()
  owner = await browser.newContext({ locale: 'zh-CN' })
  const first = await owner.newPage()
  await createOwner(first, program.found)
  await post('/products', { id: 'jade', name: '翡翠手镯 冰种', price_fen: 268_000_000, link_number: 1 })
  show = (await post('/shows', { title: '双人复核', kind: 'daily' })).id
  await call(`/shows/${show}/lineup`, { method: 'PUT', data: { products: ['jade'] } })
  await post(`/shows/${show}/open`, {})
  for (const [name, hats, viewport] of CREW) {
    const { link } = await post('/people', { name, hats })
    const context = await browser.newContext({ viewport, locale: 'zh-CN', hasTouch: viewport === PHONE })
    const page = await context.newPage()
    watchErrors(page, errors)
    await page.goto(new URL(link, program.found).href)
    await page.waitForURL(/\/shows/)
    await page.goto(new URL('/changes', program.found).href)
    crew[name] = page
  }
})
after(async () => {
  await browser?.close()
  await program?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a missing digit is read back in words, warned of, and stopped by whoever types the amount again', async () => {
  const page = crew.示例中控
  const form = page.getByTestId('ask')
  await choose(page, form)
  await form.getByLabel('新价格（元）').fill('268000')
  const meant = page.getByTestId('meant')
  await meant.getByText('二十六万八千元').waitFor()
  await meant.getByText('是不是多打或少打了一个 0').waitFor()
  await form.getByLabel('原因').fill('改价')
  await page.screenshot({ path: `${SCREENSHOTS}changes-ask.png` })
  await form.getByRole('button', { name: '提交复核' }).click()
  await form.getByText('已提交，等待第二人复核').waitFor()

  const phone = crew.示例运营
  const card = phone.getByTestId('change')
  await card.waitFor()
  await phone.screenshot({ path: `${SCREENSHOTS}changes-phone.png` })
  assert.deepEqual(await overflowing(phone), [])
  assert.equal(await card.getByRole('button', { name: '复核通过' }).isDisabled(), true)
  await card.getByText('我已读出').click()
  await card.getByText('我已确认与平时价的差距：10 倍').click()
  await card.getByLabel('不看上面，再输入一遍金额（元）').fill('2680000')
  await card.getByRole('button', { name: '复核通过' }).click()
  await card.getByText('你输入的金额与申请的不一致').waitFor()
  assert.equal(await price(), 268_000_000)
  await card.getByRole('button', { name: '驳回' }).click()
  await card.getByLabel('驳回原因').fill('少打了一个 0')
  await card.locator('form').last().getByRole('button', { name: '驳回' }).click()
  await phone.getByTestId('past-change').getByText('已驳回').waitFor()
})

test('operations approves a price on a phone, and it can be undone for ten seconds', async () => {
  const page = crew.示例中控
  const form = page.getByTestId('ask')
  await form.getByLabel('新价格（元）').fill('2580000')
  await form.getByText('二百五十八万元').waitFor()
  await form.getByLabel('原因').fill('福利价')
  await form.getByRole('button', { name: '提交复核' }).click()
  const phone = crew.示例运营
  const card = phone.getByTestId('change')
  await card.getByText('二百五十八万元').first().waitFor()
  await card.getByText('我已读出').click()
  await card.getByText('我已确认与平时价的差距').click()
  await card.getByLabel('不看上面，再输入一遍金额（元）').fill('2580000')
  await card.getByRole('button', { name: '复核通过' }).click()
  await until(async () => (await price()) === 258_000_000, 'the price changes')
  const past = phone.getByTestId('past-change').first()
  await past.getByText('已生效').waitFor()
  await phone.screenshot({ path: `${SCREENSHOTS}changes-approved.png` })
  await past.getByRole('button', { name: /撤销/ }).click()
  await until(async () => (await price()) === 268_000_000, 'the price comes back')
  await past.getByText('已撤销').waitFor()
})

test('a page price far off trips the breaker, and two people lift it', async () => {
  await post(`/shows/${show}/stage`, { id: 'stage-1', product: 'jade' })
  const page = crew.示例中控
  const prices = page.getByTestId('five-prices')
  await choose(page, prices)
  await prices.getByLabel('看到的价格（元）').fill('268000')
  await prices.getByRole('button', { name: '记一笔' }).click()
  await prices.getByText('■ 熔断').waitFor()
  const room = await call(`/shows/${show}/state`)
  assert.equal(room.stage, null)
  assert.match(room.prompter.map((card) => card.text).join(), /熔断.*翡翠手镯/)
  await page.screenshot({ path: `${SCREENSHOTS}changes-breaker.png` })

  const floor = crew.示例场控.getByTestId('breaker')
  await floor.getByText('停售 · 停讲解').waitFor()
  await floor.getByLabel('解除原因').fill('页面价已改回')
  await floor.getByRole('button', { name: '同意解除' }).click()
  await floor.getByText('还需另一类岗位的一人').waitFor()
  const second = crew.示例运营.getByTestId('breaker')
  await second.getByText('示例场控 已同意解除').waitFor()
  await crew.示例运营.screenshot({ path: `${SCREENSHOTS}changes-lift.png` })
  await second.getByLabel('解除原因').fill('已核对页面')
  await second.getByRole('button', { name: '同意解除' }).click()
  await crew.示例运营.getByText('没有熔断中的商品').waitFor()
  assert.equal((await call('/breakers?tripped=true')).breakers.length, 0)
  assert.deepEqual(errors, [])
})
