import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  assertInert,
  HOSTILE_CUE,
  HOSTILE_CUE_SHOWN,
  HOSTILE_QUESTION,
  HOSTILE_SHOWN,
  hostileComments,
} from './hostile.mjs'
import { overflowing } from './layout.mjs'
import { openBrowser, SCREENSHOTS, start, until, watchErrors } from './program.mjs'

const SIZES = [
  [1280, 720],
  [1920, 1080],
]
let program
let browser
let context
let page
let screen
let cockpit
const errors = []
const sockets = []
let refuseSockets = false

/** Calls the API with the session of the page, but beside it. */
async function call(path, options) {
  const response = await context.request.fetch(new URL(`/api/v1${path}`, cockpit).href, options)
  return { status: response.status(), body: await response.json() }
}
const showPath = () => new URL(cockpit).pathname
const state = async (at) => (await call(`${showPath()}/state${at ? `?at=${at}` : ''}`)).body

async function newPage() {
  const opened = await context.newPage()
  watchErrors(opened, errors)
  return opened
}

async function screenshots(name, of = page) {
  for (const [width, height] of SIZES) {
    await of.setViewportSize({ width, height })
    await of.screenshot({ path: `${SCREENSHOTS}${name}-${width}.png` })
  }
  await of.setViewportSize({ width: 1280, height: 720 })
}

before(async () => {
  program = await start(['demo', '--listen', '127.0.0.1:0', '--viewers', '600'], (output) => {
    const entry = output.match(/http:\S+\/enter#\w+/)
    const prompter = output.match(/http:\S+\/screen\/prompter#\w+/)
    return output.includes('Ctrl-C') && entry && prompter && { entry: entry[0], prompter: prompter[0] }
  })
  browser = await openBrowser()
  context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' })
  page = await newPage()
  await page.routeWebSocket(/\/stream/, (socket) => {
    if (refuseSockets) {
      socket.close()
      return
    }
    const seen = { url: socket.url(), types: [], close: () => socket.close() }
    const server = socket.connectToServer()
    server.onMessage((message) => {
      seen.types.push(JSON.parse(String(message)).type)
      socket.send(message)
    })
    sockets.push(seen)
  })
})

after(async () => {
  await browser?.close()
  await program?.stop()
})

test('the one-time link leads into the cockpit, whose numbers and comments move for a minute', async () => {
  await page.goto(program.found.entry)
  await page.getByTestId('metric-tile').first().waitFor()
  cockpit = page.url()
  assert.equal(await page.getByTestId('metric-tile').count(), 8)
  await page.getByTestId('comment-row').first().waitFor()
  const begun = await state()
  const online = page.locator('[data-metric=online]')
  const texts = new Set()
  await until(
    async () => {
      texts.add(await online.textContent())
      return (await state()).clock - begun.clock >= 60_000
    },
    'a minute of the show',
    90_000,
  )
  const now = await state()
  assert.ok(now.metrics.totals.comments > begun.metrics.totals.comments + 10, 'comments came')
  assert.ok(now.metrics.totals.views > begun.metrics.totals.views, 'viewers came')
  assert.ok(texts.size > 5, `the online tile moved: ${[...texts]}`)
  assert.ok(now.stage, 'the crew put an item on stage')
})

test('a visitor answers three questions by keyboard only', async () => {
  const me = (await call('/session')).body.person.id
  const chosen = page.locator('[data-testid=question-card].selected')
  for (const how of ['typed', 'aloud', 'typed']) {
    // The made-up crew answers too; whoever is second is told so, and takes the next question.
    await until(async () => {
      await chosen.waitFor()
      const id = Number(await chosen.getAttribute('data-id'))
      if (how === 'typed') {
        await page.keyboard.press('Enter')
        await page.getByRole('textbox', { name: '答复' }).waitFor()
        await page.keyboard.type('付款后 48 小时内发货')
        await page.keyboard.press('Enter')
      } else await page.keyboard.press('h')
      const find = async () => (await state()).questions.find((question) => question.id === id)
      const closed = await until(async () => {
        const question = await find()
        return question?.state !== 'open' && question
      }, `question ${id} closed`)
      return closed.by === me && (how === 'aloud' ? closed.spoken : closed.answer === '付款后 48 小时内发货')
    }, `a question answered ${how}`)
  }
})

test('Enter that belongs to an input method sends nothing', async () => {
  await page.keyboard.press('m')
  const input = page.getByRole('textbox', { name: '打点' })
  await page.keyboard.type('拼音')
  for (const composing of [{ isComposing: true }, { keyCode: 229 }])
    await input.dispatchEvent('keydown', { key: 'Enter', bubbles: true, ...composing })
  assert.equal(await input.inputValue(), '拼音')
  await page.keyboard.press('Enter')
  await until(async () => (await state()).timeline.some((entry) => entry.text === '拼音'), 'the marker')
  const markers = (await state()).timeline.filter((entry) => entry.text === '拼音')
  assert.equal(markers.length, 1)
  await page.keyboard.press('Escape')
})

test('a pushed card appears on the prompter, and its acknowledgement in the cockpit', async () => {
  screen = await newPage()
  await screen.goto(program.found.prompter)
  await page.bringToFront()
  await page.keyboard.press('p')
  // From "within five minutes" up to "now", without leaving the line.
  await page.keyboard.press('ArrowUp')
  await page.keyboard.type('先回答敏感肌的问题')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  const cue = screen.getByTestId('prompter-cue').filter({ hasText: '先回答敏感肌的问题' })
  await cue.getByText('立即').waitFor()
  await screenshots('prompter', screen)
  await screen.keyboard.press(' ')
  const card = page.getByText('先回答敏感肌的问题').locator('..')
  await card.getByText('主播已看').waitFor()
})

test('what viewers write is only ever text: in the cockpit, on the prompter, on the wall', async () => {
  const lines = hostileComments('live').map((event) => JSON.stringify(event))
  const taken = await call(`${showPath()}/events?source=hostile`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    data: lines.join('\n'),
  })
  assert.deepEqual([taken.status, taken.body.recorded], [200, lines.length])
  const card = { level: 'red', text: HOSTILE_CUE }
  const pushed = await call(`${showPath()}/prompter/cards`, { method: 'POST', data: card })
  assert.equal(pushed.status, 200)

  await page.getByTestId('comment-row').filter({ hasText: '<script>' }).first().waitFor()
  await page.getByTestId('question-card').filter({ hasText: '<img src=x' }).first().waitFor()
  await screen.getByTestId('prompter-cue').filter({ hasText: '<img src=x' }).waitFor()
  await assertInert(page, [...HOSTILE_SHOWN, HOSTILE_QUESTION, HOSTILE_CUE_SHOWN])
  await page.screenshot({ path: `${SCREENSHOTS}hostile-1280.png` })
  await assertInert(screen, [HOSTILE_CUE_SHOWN])

  const made = { method: 'POST', data: { kind: 'wall', name: '<b>大屏</b>' } }
  const link = (await call(`${showPath()}/links`, made)).body
  const wall = await newPage()
  await wall.goto(new URL(link.url, cockpit).href)
  await wall.getByTestId('wall-cell').first().waitFor()
  await assertInert(wall, ['在线人数'])
  await screenshots('wall', wall)
  await wall.close()
  await page.bringToFront()
  await screen.keyboard.press(' ')
  await page.getByText('<img src=x').locator('..').getByText('主播已看').waitFor()
  assert.deepEqual(errors, [])
})

test('who scrolled up in the comments reads on in peace, and gets back to the end', async () => {
  const rows = page.getByTestId('comment-row')
  const list = page.locator('.stream .rows')
  await list.evaluate((box) => {
    box.scrollTop = 0
  })
  await page.getByRole('button', { name: '回到最新' }).waitFor()
  const held = await rows.allTextContents()
  const before = (await state()).metrics.totals.comments
  await until(async () => (await state()).metrics.totals.comments >= before + 3, 'three more comments')
  await page.getByRole('button', { name: '条新弹幕' }).waitFor()
  assert.deepEqual(await rows.allTextContents(), held)
  assert.equal(await list.evaluate((box) => box.scrollTop), 0)
  await page.getByRole('button', { name: '条新弹幕' }).click()
  const atEnd = () => list.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 2)
  await until(atEnd, 'the end of the comments')
  // A window of another size is no reason to lose it.
  await page.setViewportSize({ width: 1920, height: 1080 })
  await until(atEnd, 'the end of the comments in a larger window')
  await page.setViewportSize({ width: 1280, height: 720 })
  await until(atEnd, 'the end of the comments in a smaller window')
})

test('a dropped connection shows an amber pill, loses nothing, and is taken up where it broke off', async () => {
  const first = sockets.at(-1)
  const pill = page.getByTestId('connection-pill')
  const kept = await page.getByTestId('comment-row').first().textContent()
  refuseSockets = true
  first.close()
  await pill.getByText('连接断开').waitFor()
  assert.equal(
    await pill.evaluate((element) => getComputedStyle(element).backgroundColor),
    'rgb(227, 165, 58)',
  )
  assert.equal(await page.getByTestId('comment-row').first().textContent(), kept)
  await context.setOffline(true)
  await page.keyboard.press('n')
  for (const note of ['断线时写的备注', '断线时写的第二条']) {
    await page.keyboard.type(note)
    await page.keyboard.press('Enter')
  }
  await pill.getByText('2 项操作待发送').waitFor()
  await page.screenshot({ path: `${SCREENSHOTS}lost-1280.png` })
  await page.keyboard.press('Escape')
  refuseSockets = false
  await context.setOffline(false)
  await until(async () => (await pill.count()) === 0, 'the pill went away')
  const second = sockets.at(-1)
  assert.notEqual(second, first)
  assert.match(second.url, /after=\d+/)
  assert.ok(!second.types.includes('snapshot'), 'the stream went on with deltas')
  const notes = async () =>
    (await state()).timeline.filter((entry) => entry.text.startsWith('断线时写的')).map((entry) => entry.text)
  await until(async () => (await notes()).length >= 2, 'the notes')
  assert.deepEqual(await notes(), ['断线时写的备注', '断线时写的第二条'])
  await page.getByText('断线时写的第二条').waitFor()
})

test('the keys are shown on ?, and the cockpit fits both sizes without scrolling', async () => {
  await page.keyboard.press('?')
  await page.getByRole('complementary', { name: '快捷键' }).waitFor()
  await page.screenshot({ path: `${SCREENSHOTS}keys-1280.png` })
  await page.keyboard.press('?')
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    assert.deepEqual(await overflowing(page), [], `nothing is cut off at ${width}`)
  }
  await screenshots('cockpit')
})

test('the review is scrubbed: every moment shows its own numbers, item, actions and comments', async () => {
  const last = await state()
  const inFlight = { now: 0, most: 0 }
  const moment = (request) => request.url().includes('/state?at=')
  page.on('request', (request) => {
    if (moment(request)) inFlight.most = Math.max(inFlight.most, ++inFlight.now)
  })
  for (const event of ['requestfinished', 'requestfailed'])
    page.on(event, (request) => {
      if (moment(request)) inFlight.now -= 1
    })
  await page.goto(`${cockpit}/review`)
  const scrubber = page.getByTestId('review-scrubber')
  const online = page.locator('[data-metric=online] .value')
  await online.waitFor()
  const begin = Number(await scrubber.getAttribute('min'))

  for (const at of [begin + 60_000, last.clock - 5_000, begin + 180_000]) {
    // Dragged there over many moments, as a hand does.
    await scrubber.evaluate((input, to) => {
      for (let step = 1; step <= 30; step += 1) {
        input.value = String(Number(input.min) + Math.round(((to - Number(input.min)) * step) / 30))
        input.dispatchEvent(new Event('input', { bubbles: true }))
      }
    }, at)
    const asked = Number(await scrubber.inputValue())
    const then = await state(asked)
    // Who is online is known only once somebody has left.
    const { total } = then.metrics.online
    const number = total ? new Intl.NumberFormat('zh-CN').format(total.numerator) : '暂无'
    await page.locator('.then[aria-busy=false]').waitFor()
    assert.equal(await online.textContent(), number)
    assert.equal(await page.getByTestId('comment-row').count(), then.comments.length)
    assert.equal(await page.getByTestId('action-row').count(), Math.min(100, then.timeline.length))
    const stage = await page.getByTestId('stage').textContent()
    assert.ok(then.stage ? /讲解中/.test(stage) : /没有讲解中的商品/.test(stage), stage)
  }
  assert.equal(inFlight.most, 1, 'one moment is asked for at a time')

  const early = await page.getByTestId('review-time').textContent()
  await scrubber.focus()
  await page.keyboard.press('ArrowRight')
  await until(async () => (await page.getByTestId('review-time').textContent()) !== early, 'ten seconds on')
  await page.keyboard.press('End')
  await scrubber.evaluate((input, to) => {
    input.value = String(to)
    input.dispatchEvent(new Event('input', { bubbles: true }))
  }, last.clock)
  await until(async () => (await page.getByTestId('action-row').count()) > 3, 'the end of the show')
  await screenshots('review')
  await page.getByRole('tab', { name: '商品' }).click()
  const sold = (await state(last.clock)).products.toSorted((a, b) => b.gmv - a.gmv)[0]
  const row = await page.getByTestId('product-row').first().textContent()
  assert.ok(
    row.includes(new Intl.NumberFormat('zh-CN').format(sold.exposures)),
    `${row}: ${JSON.stringify(sold)}`,
  )
  await screenshots('products')
  await page.getByRole('tab', { name: '弹幕' }).click()
  await assertInert(page, [])
  assert.deepEqual(errors, [])
})

test('what viewers wrote is only text in the review, too', async () => {
  const scrubber = page.getByTestId('review-scrubber')
  const first = (await state()).timeline.find((entry) => entry.text.includes('<img src=x'))
  await scrubber.evaluate((input, to) => {
    input.value = String(to)
    input.dispatchEvent(new Event('input', { bubbles: true }))
  }, first.at + 2_000)
  await page.getByTestId('comment-row').filter({ hasText: '<script>' }).first().waitFor()
  await assertInert(page, HOSTILE_SHOWN)
})

test('English is complete on the same pages', async () => {
  await page.getByRole('button', { name: 'English' }).click()
  const chinese = () =>
    page.evaluate(() => {
      // What the crew and the viewers wrote stays in their language.
      const written = '.words, .who, bdi, canvas, [data-testid=comment-row] .words'
      const labels = [
        ...document.querySelectorAll('h1, h2, button, label, th, .label, .formula, .source, .bottom, .state'),
      ]
      return labels
        .filter((label) => !label.closest(written) && !label.querySelector(written))
        .map((label) => label.textContent.replace('中文', ''))
        .filter((text) => /\p{Script=Han}/u.test(text))
    })
  await page.getByText('Comments at that moment').waitFor()
  assert.deepEqual(await chinese(), [])
  await page.goto(cockpit)
  await page.getByTestId('metric-tile').first().waitFor()
  assert.deepEqual(await chinese(), [])
  await page.screenshot({ path: `${SCREENSHOTS}cockpit-en-1280.png` })
  assert.deepEqual(await overflowing(page), [])
  for (const [path, words] of [
    ['/shows', 'On air'],
    ['/people', 'Floor director'],
    ['/account', 'Present password'],
  ]) {
    await page.goto(new URL(path, cockpit).href)
    await page.getByText(words).first().waitFor()
    assert.deepEqual(await chinese(), [])
    await page.screenshot({ path: `${SCREENSHOTS}${path.slice(1)}-en-1280.png` })
  }
  assert.deepEqual(errors, [])
})
