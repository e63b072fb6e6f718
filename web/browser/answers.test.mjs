import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { overflowing } from './layout.mjs'
import { callerOf, createOwner, openBrowser, SCREENSHOTS, start, until, watchErrors } from './program.mjs'

let folder
let program
let browser
let context
let page
let cockpit
let call
let done
let said = 0
/** A made-up model, and what it says: all of it is synthetic. */
let model
let says = ''
const errors = []

const showPath = () => new URL(cockpit).pathname
const state = async () => (await call(`${showPath()}/state`, undefined, 'GET')).body
async function comment(user, text) {
  said += 1
  const line = { id: `c-${said}`, at: Date.now(), type: 'comment', user, name: user, text }
  const sent = await context.request.fetch(new URL(`/api/v1${showPath()}/events`, cockpit).href, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    data: `${JSON.stringify(line)}\n`,
  })
  assert.equal(sent.status(), 200)
}
const setStock = (value) =>
  done('/facts', { edits: [{ product: 'p-1', sku: 'red', field: 'stock', value, confirmed: true }] })
const offered = () => page.getByTestId('offered')
const reply = () => page.getByTestId('reply').first()

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livehand-answers-'))
  model = createServer((_, response) => {
    const message = { role: 'assistant', content: says }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }] }))
  })
  await new Promise((listening) => model.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${model.address().port}/v1`
  writeFileSync(join(folder, 'livehand.toml'), `[drafts]\nurl = "${url}"\nmodel = "made-up-model"\n`)
  program = await start(
    ['serve', '--data', folder, '--listen', '127.0.0.1:0'],
    (output) => output.match(/http:\S+\/enter#\w+/)?.[0],
  )
  browser = await openBrowser()
  context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' })
  page = await context.newPage()
  watchErrors(page, errors)
  await createOwner(page, program.found)
  cockpit = page.url()
  ;({ call, done } = callerOf(context, cockpit))
  await done('/products', { id: 'p-1', name: '短袖', price_fen: 15_900, link_number: 3 })
  await done('/products/p-1/skus', { merchant_code: 'red', spec: { 颜色: '红色' } })
  await setStock(12)
  await done('/facts', {
    edits: [{ product: 'p-1', field: 'live_price', value: 15_900, confirmed: true }],
  })
  await done('/faq', {
    question: '会不会起球',
    variants: ['起球吗', '会起毛毛球不'],
    short: '日常穿洗不易起球，{{link}}现有红色 {{stock 红色}} 件',
    level: 'A',
    evidence: '试穿记录',
    state: 'active',
  })
  const show = await done('/shows', { title: '看答复', kind: 'daily' })
  await done(`/shows/${show.id}/lineup`, { products: ['p-1'] }, 'PUT')
  await done(`/shows/${show.id}/open`, {})
  cockpit = new URL(`/shows/${show.id}`, cockpit).href
  await page.goto(cockpit)
  await page.getByTestId('metric-tile').first().waitFor()
})

after(async () => {
  await browser?.close()
  await program?.stop()
  model?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a card offers what the facts and the library say, and one key sends it over the picture', async () => {
  await comment('小鱼', '3号红色还有货吗')
  await offered().getByText('3 号链接这个规格现在还有 12 件').waitFor()
  await page.getByTestId('reply-route').selectOption('overlay')
  await page.screenshot({ path: join(SCREENSHOTS, 'answers-offered.png') })
  assert.deepEqual(await overflowing(page), [])
  await page.locator('body').click({ position: { x: 5, y: 5 } })
  await page.keyboard.press('1')
  await until(async () => (await state()).answering.answered === 1, 'the question is answered')
  assert.equal((await state()).sayings[0].text, '3 号链接这个规格现在还有 12 件')
})

test('an answer in the queue that quotes a stock which changed cannot be sent until it is refreshed', async () => {
  await comment('小虾', '3号会起毛毛球不')
  const queue = offered().getByRole('button', { name: '排队' }).first()
  await offered().getByText('现有红色 12 件').waitFor()
  await queue.click()
  await reply().getByText('现有红色 12 件').waitFor()
  await reply().getByRole('button', { name: '已发' }).waitFor()
  await setStock(2)
  await reply().getByRole('button', { name: '刷新' }).waitFor()
  assert.equal(await reply().getByRole('button', { name: '已发' }).count(), 0)
  await offered().getByText('现有红色 2 件').waitFor()
  const id = await reply().getAttribute('data-id')
  const refused = await call(`${showPath()}/replies/${id}/send`, {})
  assert.deepEqual([refused.status, refused.body.code], [409, 'stale_quote'])
  await page.screenshot({ path: join(SCREENSHOTS, 'answers-stale.png') })
  await reply().getByRole('button', { name: '刷新' }).click()
  await reply().getByText('现有红色 2 件').waitFor()
  await reply().getByRole('button', { name: '已发' }).click()
  await until(async () => (await state()).answering.answered === 2, 'the reply answers its question')
})

test('an offered answer that is rewritten still counts for its entry', async () => {
  const card = page.getByTestId('question-card')
  await until(async () => (await card.count()) === 0, 'the card before is gone')
  await comment('小蟹', '3号会起毛毛球不')
  await card.getByText('小蟹').waitFor()
  await offered().getByText('现有红色 2 件').waitFor()
  await page.locator('body').click({ position: { x: 5, y: 5 } })
  await page.keyboard.press('i')
  const line = card.locator('input.line')
  await until(async () => (await line.inputValue()).includes('{{'), 'the answer is put where it is typed')
  await line.press('End')
  await line.pressSequentially('，放心拍')
  await line.press('Enter')
  await until(async () => (await state()).answering.answered === 3, 'it is sent')
  const { faq, answer } = (await state()).questions.find((one) => one.answer?.endsWith('放心拍'))
  assert.ok(answer.includes('现有红色 2 件'), answer)
  const used = (await call(`/faq/${faq}`, undefined, 'GET')).body.use
  assert.deepEqual([used.sent, used.edited], [1, 1])
})

test('a card without a sure answer is drafted by the model, and a person sends what passes', async () => {
  const card = page.getByTestId('question-card')
  await until(async () => (await card.count()) === 0, 'the card before is gone')
  const draft = page.getByTestId('draft')
  says = '这款全网最低价，放心拍'
  await comment('小蛤', '3号敏感肌能穿吗')
  await page.getByTestId('ask-draft').waitFor()
  await page.locator('body').click({ position: { x: 5, y: 5 } })
  await page.keyboard.press('t')
  await draft.getByText('草稿未通过').waitFor()
  await page.screenshot({ path: join(SCREENSHOTS, 'answers-draft-refused.png') })
  says = '直播价{{price}}，敏感肌能不能穿我帮您问主播'
  await page.keyboard.press('t')
  await page.getByTestId('send-draft').getByText('直播价¥159.00，敏感肌能不能穿我帮您问主播').waitFor()
  await draft.getByText('由模型起草').waitFor()
  await page.screenshot({ path: join(SCREENSHOTS, 'answers-draft.png') })
  assert.deepEqual(await overflowing(page), [])
  assert.equal((await state()).answering.answered, 3, 'nothing goes out by itself')
  await page.keyboard.press('4')
  await until(async () => (await state()).answering.answered === 4, 'it is sent')
})

test('a sure answer is about to go out by itself, and one key takes it back', async () => {
  await done('/faq', {
    question: '能机洗吗',
    short: '可以，套洗衣袋',
    level: 'A',
    evidence: '水洗标',
    state: 'active',
  })
  await page.getByTestId('auto-answers').click()
  await page.getByTestId('auto-precision').waitFor()
  await page.screenshot({ path: join(SCREENSHOTS, 'answers-auto-choice.png') })
  await page.getByTestId('auto-on').click()
  await until(async () => (await state()).auto_answers !== null, 'it is switched on')
  await comment('小贝', '能机洗吗')
  const due = page.getByTestId('due-reply')
  await due.getByText('可以，套洗衣袋').waitFor()
  await page.screenshot({ path: join(SCREENSHOTS, 'answers-auto-due.png') })
  assert.deepEqual(await overflowing(page), [])
  await page.locator('body').click({ position: { x: 5, y: 5 } })
  await page.keyboard.press('z')
  await until(async () => (await due.count()) === 0, 'it is taken back')
  assert.equal((await state()).questions.find((one) => one.text === '能机洗吗').state, 'open')
  await comment('小螺', '能机洗吗？')
  await page.getByTestId('auto-answers').click()
  await page.getByTestId('auto-off').click()
  await until(async () => (await state()).auto_answers === null, 'it is switched off')
})

test('hostile words on a card are text, and a telephone number is masked', async () => {
  const phone = '13912345678'
  await comment(
    '<b>坏人</b>',
    `<img src=x onerror=alert(1)> \u202e3号啥时候发货 打我${phone}${'\u0301'.repeat(400)}`,
  )
  await page.getByTestId('question-card').getByText('啥时候发货').waitFor()
  const shown = await page.locator('body').innerText()
  assert.ok(shown.includes('<img src=x') && !shown.includes(phone))
  assert.equal(await page.locator('.cockpit img').count(), 0)
})

test('no page had an error', () => assert.deepEqual(errors, []))
