import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { overflowing } from './layout.mjs'
import { callerOf, createOwner, openBrowser, SCREENSHOTS, start, until, watchErrors } from './program.mjs'

const SIZES = [
  [1280, 720],
  [1920, 1080],
]
/** From the answer to the change of a price until nobody can read the old one as if it were true. */
const STALE_WITHIN_MS = 1_000
let folder
let program
let browser
let context
let page
let prompter
let overlay
let cockpit
let call
let done
let checker
const errors = []

const showPath = () => new URL(cockpit).pathname
const state = async () => (await call(`${showPath()}/state`, undefined, 'GET')).body
/** A price on air is asked for by one and put into force by another. */
async function setPrice(fen) {
  const show = showPath().split('/').at(-1)
  const asked = { kind: 'price', product: 'p-1', show, to_fen: fen, reason: '跟价' }
  const { id } = await done('/changes', asked)
  const confirmed = { words: true, amount_fen: fen, difference: true }
  const path = `/api/v1/changes/${id}/approve`
  const answer = await checker.request.post(new URL(path, cockpit).href, { data: confirmed })
  assert.ok(answer.ok(), `${answer.status()} ${await answer.text()}`)
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livehand-stale-'))
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
  await done('/products', { id: 'p-1', name: '油污喷雾', price_fen: 15_900, link_number: 3 })
  const show = await done('/shows', { title: '看引用', kind: 'daily' })
  await done(`/shows/${show.id}/lineup`, { products: ['p-1'] }, 'PUT')
  await done(`/shows/${show.id}/open`, {})
  cockpit = new URL(`/shows/${show.id}`, cockpit).href
  const { link } = await done('/people', { name: '示例运营', hats: ['operations'] })
  checker = await browser.newContext({ locale: 'zh-CN' })
  const entered = await checker.newPage()
  await entered.goto(new URL(link, cockpit).href)
  await entered.waitForURL(/\/shows/)
  await page.goto(cockpit)
  await page.getByTestId('metric-tile').first().waitFor()
  prompter = await screen('prompter')
  overlay = await screen('overlay')
})

after(async () => {
  await browser?.close()
  await program?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function screen(kind) {
  const link = await done(`${showPath()}/links`, { kind, name: kind })
  const opened = await context.newPage()
  watchErrors(opened, errors)
  await opened.goto(new URL(link.url, cockpit).href)
  return opened
}
const reply = () => page.getByTestId('reply').first()
const card = () => page.getByTestId('prompter-card').first()
const body = (of) => of.locator('body').innerText()
/** In the cockpit: out of whatever is being typed, then the key. */
async function press(key) {
  await page.bringToFront()
  await page.keyboard.press('Escape')
  await page.locator('body').click({ position: { x: 5, y: 5 } })
  await page.keyboard.press(key)
}

test('a quote is put into a reply by picking a fact; a card and an overlay line quote the same one', async () => {
  await press('r')
  await page.keyboard.type('直播价 ')
  await page.getByRole('button', { name: '插入引用' }).locator('visible=true').click()
  await page.getByLabel('引用哪件商品').locator('visible=true').selectOption('p-1')
  await page.getByRole('button', { name: /^直播价/ }).click()
  const line = page.getByRole('textbox', { name: '排队回复' })
  assert.equal(await line.inputValue(), '直播价 {{live_price #3}}')
  await page.keyboard.type(' 到手')
  await page.keyboard.press('Enter')
  await reply().getByText('直播价 ¥159.00 到手').waitFor()

  await press('p')
  await page.keyboard.type('报价：{{live_price p-1}}')
  await page.keyboard.press('Enter')
  await card().getByText('报价：¥159.00').waitFor()
  await press('o')
  await page.keyboard.type('现价 {{live_price #3}}')
  await page.keyboard.press('Enter')
  await prompter.getByTestId('prompter-cue').getByText('报价：¥159.00').waitFor()
  await overlay.getByText('现价 ¥159.00').waitFor()
})

test('a slot that nothing can fill is refused, and says what there is', async () => {
  for (const [text, words] of [
    ['{{profit #3}}', /live_price/],
    ['{{live_price #9}}', /#3 油污喷雾/],
    ['{{gifts #3}}', /直播价|live_price/],
    ['{{floor_price #3}}', /live_price/],
    ['{{live_price #3', /live_price #3/],
  ]) {
    const { status, body } = await call(`${showPath()}/replies`, { text })
    assert.deepEqual([status, body.code], [422, 'invalid'], text)
    assert.match(body.errors[0].expected, words, text)
  }
})

/** When `check` first holds on a page, looked at with every change of what stands on it. */
function seen(of, check) {
  return of.evaluate(`new Promise((resolve) => {
    const look = () => (${check})() && resolve(Date.now())
    const everything = { subtree: true, childList: true, characterData: true, attributes: true }
    new MutationObserver(look).observe(document.body, everything)
    look()
  })`)
}

test('a price that changes is stale on all three pages within a second of the answer', async () => {
  const watched = [
    seen(page, () => {
      const marks = document.querySelectorAll('[data-testid=reply] [data-testid=stale-mark]')
      return marks.length === 1 && document.querySelectorAll('[data-testid=stale-quote]').length === 3
    }),
    seen(
      prompter,
      () =>
        document.querySelector('[data-testid=prompter-stale]') !== null &&
        !document.body.textContent.includes('159'),
    ),
    seen(overlay, () => !document.body.textContent.includes('159')),
  ]
  await setPrice(9_900)
  const answered = Date.now()
  const times = (await Promise.all(watched)).map((at) => at - answered)
  for (const ms of times) assert.ok(ms <= STALE_WITHIN_MS, `stale after ${times.join(', ')} ms`)
  console.log(`stale after ${times.join(', ')} ms (cockpit, prompter, overlay)`)

  assert.match(await body(prompter), /价格已变，等待刷新/)
  assert.doesNotMatch(await body(overlay), /¥159|¥99/)
  assert.match(await page.getByTestId('stale-list').innerText(), /油污喷雾 直播价.*原 ¥159\.00.*现 ¥99\.00/s)
  for (const kind of ['提示卡', '回复', '贴片'])
    assert.match(await page.getByTestId('stale-list').innerText(), new RegExp(kind))
})

test('what is stale is neither sent nor acknowledged', async () => {
  const view = await state()
  const sent = await call(`${showPath()}/replies/${view.sayings[0].id}/send`, {})
  assert.deepEqual([sent.status, sent.body.code], [409, 'stale_quote'])
  assert.deepEqual(
    sent.body.errors.map((one) => [one.field, one.expected, one.found]),
    [['live_price', '¥99.00', '¥159.00']],
  )
  await prompter.bringToFront()
  await prompter.keyboard.press(' ')
  const acknowledged = await call(`${showPath()}/prompter/cards/${view.prompter[0].id}/acknowledge`, {})
  assert.deepEqual([acknowledged.status, acknowledged.body.code], [409, 'stale_quote'])
  assert.equal((await state()).prompter[0].acknowledged_at, null)
})

test('with stale quotes nothing in the cockpit is cut off, in both sizes', async () => {
  await page.bringToFront()
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    for (const tab of ['提示卡', '回复', '贴片']) {
      await page.getByRole('tab', { name: tab }).click()
      assert.deepEqual(await overflowing(page), [], `nothing is cut off at ${width}: ${tab}`)
      await page.screenshot({ path: `${SCREENSHOTS}stale-${tab}-${width}.png` })
    }
    await prompter.setViewportSize({ width, height })
    await prompter.screenshot({ path: `${SCREENSHOTS}stale-prompter-${width}.png` })
  }
  await page.setViewportSize({ width: 1280, height: 720 })
})

test('one key refreshes all of it: the new price stands on all three pages', async () => {
  await press('u')
  await reply().getByText('直播价 ¥99.00 到手').waitFor({ state: 'attached' })
  await prompter.getByTestId('prompter-cue').getByText('报价：¥99.00').waitFor()
  await overlay.getByText('现价 ¥99.00').waitFor()
  await until(async () => (await state()).stale.length === 0, 'nothing is stale')
  assert.equal(await page.getByTestId('stale-list').count(), 0)
  await overlay.screenshot({ path: `${SCREENSHOTS}stale-overlay-fresh.png` })

  await prompter.bringToFront()
  await prompter.keyboard.press(' ')
  await until(async () => (await state()).prompter[0].acknowledged_at !== null, 'the card is acknowledged')
  await page.bringToFront()
  await page.getByRole('tab', { name: '回复' }).click()
  await reply().getByRole('button', { name: '标记已发' }).click()
  await reply().getByText('已发出').waitFor()
  assert.deepEqual(errors, [])
})
