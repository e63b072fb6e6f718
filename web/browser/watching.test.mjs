import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { overflowing } from './layout.mjs'
import { createOwner, openBrowser, SCREENSHOTS, start, until, watchErrors } from './program.mjs'

const SIZES = [
  [1280, 720],
  [1920, 1080],
]
const MINUTE = 60_000
/** Minutes of the audience that was there before the test began. */
const MINUTES = 24
let folder
let program
let browser
let context
let page
let cockpit
let begun
const errors = []

async function call(path, options) {
  const response = await context.request.fetch(new URL(`/api/v1${path}`, cockpit).href, options)
  return { status: response.status(), body: await response.json() }
}
const showPath = () => new URL(cockpit).pathname
const state = async () => (await call(`${showPath()}/state`)).body
let sent = 0
async function send(events) {
  const lines = events.map((event) => JSON.stringify({ id: `e-${++sent}`, at: Date.now(), ...event }))
  const taken = await call(`${showPath()}/events?source=test`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    data: lines.join('\n'),
  })
  assert.deepEqual([taken.status, taken.body.recorded], [200, events.length])
}
const reading = (value, subject = 'main') => ({
  type: 'reading',
  signal: 'dropped_frames_permille',
  subject,
  value,
})

/** An audience of which thirty come every minute and twenty stay; some look at a product, and one in a minute buys. */
function audience(from) {
  const events = []
  for (let m = 0; m < MINUTES; m += 1)
    for (let v = 0; v < 30; v += 1) {
      const at = from + m * MINUTE + v * 1_500
      const user = `u-${m}-${v}`
      const of = { user, session: `s-${m}-${v}` }
      events.push({ at, type: 'join', ...of, name: `观众${m}-${v}`, source: v % 3 ? 'feed' : 'follow' })
      events.push({ at: at + (v < 20 ? 90_000 : 20_000), type: 'leave', ...of })
      if (v % 2 === 0) events.push({ at: at + 5_000, type: 'product_view', user, product: 'p-1' })
      if (v % 10 === 0) events.push({ at: at + 6_000, type: 'product_click', user, product: 'p-1' })
      if (v === 0)
        events.push({ at: at + 7_000, type: 'comment', user, name: '=观众', text: `=第${m}分钟好看` })
      if (v === 10)
        events.push({
          at: at + 9_000,
          type: 'order_paid',
          user,
          order: `o-${m}`,
          product: 'p-1',
          amount: 9_900,
        })
    }
  return events.filter((event) => event.at < Date.now())
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livehand-watching-'))
  program = await start(
    ['serve', '--data', folder, '--listen', '127.0.0.1:0'],
    (output) => output.match(/http:\S+\/enter#\w+/)?.[0],
  )
  browser = await openBrowser()
  context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' })
  page = await context.newPage()
  watchErrors(page, errors)
  await createOwner(page, program.found)
  await page.getByLabel('标题', { exact: true }).fill('看盯场')
  await page.getByRole('button', { name: '新建场次' }).click()
  await page.getByRole('button', { name: '开播' }).click()
  await page.getByText('直播中').waitFor()
  await page.getByRole('link', { name: '驾驶舱' }).click()
  await page.getByTestId('metric-tile').first().waitFor()
  cockpit = page.url()
  begun = Math.floor(Date.now() / MINUTE) * MINUTE - (MINUTES - 1) * MINUTE
  await send(audience(begun))
})

after(async () => {
  await browser?.close()
  await program?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const tile = (name) => page.locator(`[data-metric=${name}]`)
const alarm = (words) => page.getByTestId('alarm').filter({ hasText: words }).first()

test('the eight cards tell value, trend, curve and what a watch would see, and their formula to the keyboard', async () => {
  await until(async () => /%/.test(await tile('retention').locator('.value').textContent()), 'retention')
  assert.equal(await page.getByTestId('metric-tile').count(), 8)
  for (const name of ['retention', 'conversion_rate', 'interaction_rate', 'product_click_through'])
    assert.match(
      await tile(name).getByTestId('watch').textContent(),
      /能看出 ≥\d+% 的下滑|数据太少|学习中|未知/,
    )
  assert.match(await tile('online').locator('.trend').textContent(), /[▲▼■] [升降平]/)
  assert.ok(await tile('retention').locator('path').getAttribute('d'), 'a curve')
  const hint = tile('retention').getByRole('tooltip')
  assert.equal(await hint.isVisible(), false)
  await tile('gpm').focus()
  await page.keyboard.press('Tab')
  await hint.waitFor({ state: 'visible' })
  assert.match(await hint.textContent(), /留存率.*= 停留满 60 秒的进入 ÷ 全部进入/)
  await page.keyboard.press('Shift+Tab')
  await hint.waitFor({ state: 'hidden' })
})

test('an alarm is taken, worked on and closed without a mouse', async () => {
  await send([reading(90)])
  const about = (one) => one.subject === 'dropped_frames_permille main'
  const { id } = await until(async () => (await state()).alarms.find(about), 'the alarm')
  // By its id: once it is closed, a signal that is still bad raises another one in the next minute.
  const card = page.locator(`[data-testid=alarm][data-id="${id}"]`)
  await card.getByText('待接手').waitFor()
  assert.match(await card.textContent(), /■ 紧急.*丢帧率 · main.*高于界限 3\.00%/)
  const me = (await call('/session')).body.person.id
  const found = async () => (await state()).alarms.find((one) => one.id === id)

  await page.locator('body').click({ position: { x: 5, y: 5 } })
  await page.keyboard.press('a')
  await page.keyboard.press('Enter')
  await card.getByText('你在处理').waitFor()
  assert.equal((await found()).taken_by, me)
  await page.keyboard.press('2')
  await card
    .getByTestId('alarm-step')
    .nth(1)
    .getByText(/✓ \d\d:\d\d 完成/)
    .waitFor()
  assert.equal((await found()).steps.filter((step) => step.done_at).length, 1)

  await page.keyboard.press('c')
  const line = page.getByRole('textbox', { name: '处理结果' })
  await page.keyboard.type('换了备线')
  for (const composing of [{ isComposing: true }, { keyCode: 229 }])
    await line.dispatchEvent('keydown', { key: 'Enter', bubbles: true, ...composing })
  assert.equal(await line.inputValue(), '换了备线')
  await page.keyboard.press('Escape')
  assert.equal(await line.count(), 0)
  await page.keyboard.press('c')
  assert.equal(await line.inputValue(), '换了备线')
  await page.keyboard.press('Enter')
  await card.getByText('你结束的').waitFor()
  const closed = await found()
  assert.deepEqual([closed.state, closed.outcome, closed.closed_by], ['resolved', '换了备线', me])
  assert.equal((await state()).timeline.filter((entry) => entry.what === 'alarm_taken').length, 1)
  await send([reading(0)])
  const over = async () => (await state()).alarms.filter(about).every((one) => one.state === 'resolved')
  await until(over, 'the signal is back')
})

test('J and K move among the alarms and leave the questions where they are', async () => {
  await send([
    reading(90, 'spare'),
    { type: 'reading', signal: 'stock_available', subject: 'p-1', value: 3 },
    { type: 'comment', user: 'u-q1', name: '小鱼', text: '3号多少钱' },
    { type: 'comment', user: 'u-q2', name: '小虾', text: '有没有大码' },
  ])
  await alarm('库存告急').waitFor()
  await page.getByTestId('question-card').nth(1).waitFor()
  const asked = () => page.locator('[data-testid=question-card].selected').getAttribute('data-id')
  const before = await asked()
  const chosen = () => page.locator('[data-testid=alarm][aria-current=true]').textContent()
  await page.keyboard.press('a')
  assert.match(await chosen(), /推流设备异常/)
  await page.keyboard.press('j')
  await until(async () => /库存告急/.test(await chosen()), 'the next alarm')
  await page.keyboard.press('k')
  await until(async () => /推流设备异常/.test(await chosen()), 'the alarm before')
  assert.equal(await asked(), before)
  await page.keyboard.press('Escape')
})

test('with alarms open nothing in the cockpit is cut off, in both sizes', async () => {
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    assert.deepEqual(await overflowing(page), [], `nothing is cut off at ${width}`)
    await page.screenshot({ path: `${SCREENSHOTS}alarms-${width}.png` })
  }
  await page.setViewportSize({ width: 1280, height: 720 })
})

test('an alarm whose signal comes back ends by itself', async () => {
  await send([reading(0, 'spare')])
  await alarm('丢帧率 · spare').filter({ hasText: '信号恢复，自动结束' }).waitFor()
})

const minute = () => page.getByTestId('minute-events')
const rows = () => page.getByTestId('minute-row')

test('a click on a minute lists the events behind it, filtered, searched and taken along', async () => {
  const course = page.getByTestId('course')
  await until(async () => (await state()).minutes.length >= MINUTES, 'the minutes')
  await page.reload()
  await page.getByTestId('metric-tile').first().waitFor()
  const box = await course.boundingBox()
  await course.click({ position: { x: box.width * 0.5, y: box.height * 0.6 } })
  await rows().first().waitFor()
  const all = await rows().count()
  assert.ok(all > 40, `${all} events`)
  assert.match(await minute().locator('h2').textContent(), new RegExp(`${all} 条`))

  await minute().getByLabel('事件类型').selectOption('order_paid')
  await until(async () => (await rows().count()) === 1, 'the payment of the minute')
  assert.match(await rows().first().textContent(), /付款.*¥99\.00/)
  await minute().getByLabel('事件类型').selectOption('all')
  await until(async () => (await rows().count()) >= all, 'all again')
  await minute().getByRole('textbox').fill('分钟好看')
  await until(async () => (await rows().count()) === 1, 'the comment that was searched for')

  const saved = page.waitForEvent('download')
  await minute().getByRole('button', { name: '导出所列' }).click()
  const file = await saved
  const table = readFileSync(await file.path(), 'utf8')
  assert.match(file.suggestedFilename(), /^livehand-\d{4}\.csv$/)
  const lines = table.trimEnd().split('\r\n')
  assert.equal(lines.length, 2)
  assert.match(lines[1], /弹幕,'=观众,'=第\d+分钟好看/)

  await page.keyboard.press('Escape')
  assert.equal(await minute().count(), 0)
  assert.equal(await page.getByTestId('metric-tile').first().isVisible(), true)
})

test('a minute is found and opened without a mouse, and the metric says what lies behind it', async () => {
  await page.getByLabel('走势里画哪项指标').selectOption('conversion_rate')
  await page.getByTestId('course').focus()
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  await until(async () => (await rows().count()) === 1, 'the payment behind the rate')
  assert.match(await rows().first().textContent(), /付款/)
  await page.keyboard.press('Escape')
  assert.equal(await minute().count(), 0)
})

test('the course is zoomed by keyboard and by button, and shown in full again', async () => {
  const whole = page.getByRole('button', { name: '看全程' })
  assert.equal(await whole.isDisabled(), true)
  await page.getByTestId('course').focus()
  await page.keyboard.press('+')
  await until(async () => !(await whole.isDisabled()), 'a part is shown')
  await whole.click()
  await until(() => whole.isDisabled(), 'all of it is shown')
  await page.getByRole('button', { name: '放大' }).click()
  await until(async () => !(await whole.isDisabled()), 'a part is shown again')
  await page.getByTestId('course').focus()
  await page.keyboard.press('0')
  await until(() => whole.isDisabled(), 'all of it is shown again')
})

test('a change is logged by keyboard and stands in its list, without a claim about what it did', async () => {
  await page.locator('body').click({ position: { x: 5, y: 5 } })
  await page.keyboard.press('d')
  await page.keyboard.type('讲解加快，每三分钟提一次问')
  await page.keyboard.press('Enter')
  const change = page.getByTestId('adjustment').filter({ hasText: '讲解加快' })
  await change.waitFor()
  assert.match(await change.textContent(), /改节奏.*还不能判断/)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: '轮换试验' }).click()
  await page.getByRole('button', { name: '抽签排段' }).click()
  await page.getByTestId('block').first().waitFor()
  const blocks = await page.getByTestId('block').allTextContents()
  assert.equal(blocks.length, 8)
  assert.equal(blocks.filter((block) => block.includes('● 用')).length, 4)
})

test('the wall shows six things, the open alarm among them, and nobody by name', async () => {
  const link = (await call(`${showPath()}/links`, { method: 'POST', data: { kind: 'wall', name: '大屏' } }))
    .body
  const wall = await context.newPage()
  watchErrors(wall, errors)
  await wall.goto(new URL(link.url, cockpit).href)
  await wall.getByText('库存告急').waitFor()
  assert.equal(await wall.getByTestId('wall-cell').count(), 6)
  const text = await wall.locator('main').textContent()
  for (const words of ['成交额', '在线人数', 'GPM', '转化率', '个问题待答', '直播中'])
    assert.ok(text.includes(words), words)
  assert.doesNotMatch(text, /观众\d|小鱼|小虾/)
  for (const [width, height] of SIZES) {
    await wall.setViewportSize({ width, height })
    assert.deepEqual(await overflowing(wall), [], `nothing is cut off at ${width}`)
    await wall.screenshot({ path: `${SCREENSHOTS}wall-alarm-${width}.png` })
  }
  await wall.close()
})

test('the review has the heat map of who stayed, the sources and the events of a minute', async () => {
  await page.goto(`${cockpit}/review`)
  await page.getByTestId('metric-tile').first().waitFor()
  await page.getByRole('tab', { name: '留存热力图' }).click()
  const cohorts = page.getByTestId('cohort-row')
  await cohorts.first().waitFor()
  assert.match(await cohorts.first().textContent(), /暂定/)
  const oldest = await cohorts.last().textContent()
  // Twenty of thirty stay for ninety seconds.
  assert.match(oldest, /150.*66\.7%66\.7%0\.00%/)
  await page.screenshot({ path: `${SCREENSHOTS}review-heat-1280.png` })
  await page.getByRole('tab', { name: '来源' }).click()
  assert.match(await page.getByTestId('source-row').first().textContent(), /推荐.*66\.\d%/)

  const course = page.getByTestId('course')
  const box = await course.boundingBox()
  await course.click({ position: { x: box.width * 0.5, y: box.height * 0.4 } })
  await rows().first().waitFor()
  assert.equal(await page.getByRole('tab', { name: '这一分钟' }).getAttribute('aria-selected'), 'true')
  assert.deepEqual(errors, [])
})
