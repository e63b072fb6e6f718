import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callerOf, createOwner, openBrowser, start, until, watchErrors } from './program.mjs'

// A burst of comments into a running program, watched in a real browser. Among much noise there are questions of which
// it is known which card they belong to; each is timed from the moment when it is sent until its card, or the raised
// count of its card, has been painted.

/** The connector posts so often, whether or not the request before was answered. */
const BATCH_MS = 50
/** One comment of so many is a question. */
const QUESTION_EVERY = 30
const LINKS = 40
const COLOURS = ['红色', '黑色', '白色', '蓝色', '粉色', '绿色']
/** What is asked of each link, each a card of its own; the words of one line ask the same. */
const ASKED = [
  ...COLOURS.map((colour) => [`{n}号${colour}还有货吗`, `{n}号有没有${colour}`]),
  ['{n}号多少钱', '{n}号多少钱呀'],
  ['{n}号什么时候发货', '{n}号啥时候发货'],
  ['{n}号会起球吗', '{n}号会不会起球'],
  ['{n}号送运费险吗', '{n}号有运费险吗'],
]
const NOISE = [
  '哈哈哈',
  '666',
  '主播晚上好',
  '来啦来啦',
  '今天状态真好',
  '支持支持',
  '打卡',
  '下班了',
  '冲冲冲',
  '好看',
]

/** A stream of numbers below 1 that a seed repeats. */
function randomOf(seed) {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

/** Every comment of a burst in order; a question knows its card and the how-manieth of its card it is. */
export function comments(count, cards, seed = 1) {
  const random = randomOf(seed)
  const pick = (list) => list[Math.floor(random() * list.length)]
  const all = ASKED.flatMap((words) => Array.from({ length: LINKS }, (_, n) => ({ words, link: n + 1 })))
  const asked = Array.from({ length: cards }, () => 0)
  assert.ok(cards <= all.length, 'so many cards are known')
  // Neighbours are of different kinds and links.
  const order = all.map((one) => ({ one, at: random() })).sort((a, b) => a.at - b.at)
  return Array.from({ length: count }, (_, i) => {
    const user = `u-${i}`
    if (i % QUESTION_EVERY !== 0) return { user, text: `${pick(NOISE)}${Math.floor(random() * 1e6)}` }
    // New cards come until the end: each question opens the next card or asks again for one that is there.
    const begun = Math.max(1, Math.ceil((cards * i) / count))
    const fresh = asked.indexOf(0)
    const card = fresh >= 0 && fresh < begun ? fresh : Math.floor(random() * begun)
    asked[card] += 1
    const { words, link } = order[card].one
    return { user, text: pick(words).replace('{n}', String(link)), card, nth: asked[card] }
  })
}

/** Starts the program with a show that sells, and opens its cockpit. */
export async function openRoom(title) {
  const folder = mkdtempSync(join(tmpdir(), 'livehand-burst-'))
  const program = await start(
    ['serve', '--data', folder, '--listen', '127.0.0.1:0'],
    (output) => output.match(/http:\S+\/enter#\w+/)?.[0],
  )
  const browser = await openBrowser()
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' })
  const page = await context.newPage()
  const errors = []
  watchErrors(page, errors)
  await createOwner(page, program.found)
  const { call, done } = callerOf(context, page.url())
  const products = Array.from({ length: LINKS }, (_, n) => `p-${n + 1}`)
  for (const [n, id] of products.entries())
    await done('/products', { id, name: `短袖${n + 1}款`, price_fen: 9_900, link_number: n + 1 })
  const show = await done('/shows', { title, kind: 'daily' })
  await done(`/shows/${show.id}/lineup`, { products }, 'PUT')
  await done(`/shows/${show.id}/open`, {})
  const link = await done(`/shows/${show.id}/links`, { kind: 'source', name: '采集器' })
  const cockpit = new URL(`/shows/${show.id}`, page.url()).href
  await page.goto(cockpit)
  await page.getByTestId('metric-tile').first().waitFor()
  const close = async () => {
    await browser.close()
    await program.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { program, browser, context, page, errors, call, done, show: show.id, cockpit, link, close }
}

/** Notes in the page when a card with a count was painted first, and how many comments were. */
async function watchDesk(page) {
  await page.evaluate(() => {
    const seen = []
    const counts = new Map()
    const rows = { added: 0 }
    window.burst = { seen, rows, long: [] }
    const isCard = '[data-testid=question-card]'
    const cardOf = (node) => (node instanceof Element ? node : node.parentElement)?.closest(isCard)
    const painted = new MessageChannel()
    let fresh = []
    painted.port1.onmessage = () => {
      const at = Date.now()
      for (const one of fresh) seen.push([...one, at])
      fresh = []
    }
    new MutationObserver((records) => {
      const cards = new Set()
      for (const { target, addedNodes } of records) {
        cards.add(cardOf(target))
        for (const node of addedNodes) {
          if (!(node instanceof Element)) continue
          if (node.matches('[data-testid=comment-row]')) rows.added += 1
          if (node.matches(isCard)) cards.add(node)
        }
      }
      cards.delete(undefined)
      cards.delete(null)
      const at = Date.now()
      for (const card of cards) {
        const asked = Number(card.querySelector('.about b')?.textContent.match(/\d+/)?.[0] ?? 1)
        if (counts.get(card.dataset.id) === asked) continue
        counts.set(card.dataset.id, asked)
        fresh.push([card.dataset.id, card.querySelector('.text').textContent, asked, at])
      }
      // What is posted from an animation frame is run after its paint.
      if (fresh.length > 0) requestAnimationFrame(() => painted.port2.postMessage(null))
    }).observe(document.body, { childList: true, characterData: true, subtree: true })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.burst.long.push(entry.duration)
    }).observe({ type: 'longtask' })
  })
}

/** Posts the comments at their pace, as a connector does; gives when each was sent and what was said to the requests. */
async function send(room, list, perSecond) {
  const address = new URL(`/api/v1/shows/${room.show}/events?source=burst`, room.cockpit).href
  const { token } = room.link
  const size = Math.round((perSecond * BATCH_MS) / 1000)
  const took = []
  const totals = { recorded: 0, duplicates: 0, refused: 0 }
  const sentAt = new Array(list.length)
  const post = async (from) => {
    const at = Date.now()
    const batch = list.slice(from, from + size)
    const lines = batch.map(({ user, text }, i) =>
      JSON.stringify({ id: `b-${from + i}`, at, type: 'comment', user, name: `观众${user}`, text }),
    )
    for (let i = 0; i < batch.length; i += 1) sentAt[from + i] = at
    for (;;) {
      const answer = await fetch(address, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
        body: lines.join('\n'),
      })
      const body = await answer.json()
      if (answer.status === 200) {
        took.push(Date.now() - at)
        totals.recorded += body.recorded
        totals.duplicates += body.duplicates
        return
      }
      assert.ok(answer.status === 503 || answer.status === 429, JSON.stringify(body))
      totals.refused += 1
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  const begun = Date.now()
  const requests = []
  for (let from = 0; from < list.length; from += size) {
    const due = begun + (from / size) * BATCH_MS
    if (due > Date.now()) await new Promise((resolve) => setTimeout(resolve, due - Date.now()))
    requests.push(post(from))
  }
  const lasted = Date.now() - begun
  await Promise.all(requests)
  return { sentAt, took, lasted, ...totals }
}

/** Processor seconds of a process and of its children, by what Linux counts. */
function processor(root) {
  let total = 0
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
        return [
          { pid: Number(pid), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) },
        ]
      } catch {
        return []
      }
    })
  const family = new Set([root])
  for (let before = 0; before !== family.size; ) {
    before = family.size
    for (const { pid, parent } of stats) if (family.has(parent)) family.add(pid)
  }
  for (const { pid, ticks } of stats) if (family.has(pid)) total += ticks
  return total / 100
}

export function quantiles(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]
  return { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) }
}

/** Sends a burst, checks every card, and gives the figures. */
export async function burst(room, { perSecond, seconds, cards }) {
  const { page } = room
  const list = comments(perSecond * seconds, cards)
  const marked = list.flatMap((one, i) => (one.card === undefined ? [] : [{ ...one, i }]))
  await watchDesk(page)
  const before = { server: processor(room.program.pid), all: processor(process.pid) }
  const sent = await send(room, list, perSecond)
  const state = async () => (await room.call(`/shows/${room.show}/state`, undefined, 'GET')).body
  const all = await state()
  const cpu = {
    server: processor(room.program.pid) - before.server,
    all: processor(process.pid) - before.all,
  }
  const leftOut = async () => {
    const text = await page.locator('.left-out').allTextContents()
    return Number(text[0]?.match(/\d+/)?.[0] ?? 0)
  }
  const rows = () => page.evaluate(() => window.burst.rows.added)
  await until(
    async () => (await rows()) + (await leftOut()) >= list.length,
    'every comment is shown or counted',
  )
  const { seen, long } = await page.evaluate(() => window.burst)

  // Which card is which is told by its words, of which every card has its own.
  const cardOf = new Map(marked.map(({ text, card }) => [text, card]))
  const first = new Map()
  for (const [, text, asked, inPage, painted] of seen) {
    const card = cardOf.get(text)
    assert.notEqual(card, undefined, `no question was sent that reads ${text}`)
    if (!first.has(card)) first.set(card, [])
    first.get(card).push({ asked, inPage, painted })
  }
  const waited = { inPage: [], painted: [] }
  const unseen = []
  for (const { card, nth, i, text } of marked) {
    const shown = first.get(card)?.find(({ asked }) => asked >= nth)
    if (!shown) {
      unseen.push(text)
      continue
    }
    waited.inPage.push(shown.inPage - sent.sentAt[i])
    waited.painted.push(shown.painted - sent.sentAt[i])
  }
  const expected = new Map()
  for (const { card } of marked) expected.set(card, (expected.get(card) ?? 0) + 1)
  const wrong = []
  const open = all.questions.filter((question) => question.state === 'open')
  for (const { text, asked } of open)
    if (expected.get(cardOf.get(text)) !== asked)
      wrong.push(`${text}: ${asked} of ${expected.get(cardOf.get(text))}`)
  const onScreen = new Map([...first].map(([card, shown]) => [card, shown.at(-1).asked]))
  for (const [card, asked] of expected)
    if (onScreen.get(card) !== asked)
      wrong.push(`card ${card} on the screen: ${onScreen.get(card)} of ${asked}`)

  return {
    sent: list.length,
    lasted: sent.lasted,
    recorded: sent.recorded,
    duplicates: sent.duplicates,
    refused: sent.refused,
    counted: all.metrics.totals.comments,
    rows: await rows(),
    leftOut: await leftOut(),
    questions: marked.length,
    cardsExpected: expected.size,
    cardsOpen: open.length,
    asked: open.reduce((sum, { asked }) => sum + asked, 0),
    missed: all.answering.missed,
    unseen,
    wrong,
    acknowledged: quantiles(sent.took),
    inPage: quantiles(waited.inPage),
    painted: quantiles(waited.painted),
    longTasks: { count: long.length, ...(long.length > 0 ? quantiles(long.map(Math.round)) : {}) },
    cpu,
  }
}

/** Says the figures, and throws if something is wrong or too slow. */
export function judge(figures, p99Max) {
  const { sent, recorded, counted, refused, rows, leftOut, cardsExpected, cardsOpen, asked, questions } =
    figures
  const ms = ({ p50, p90, p99, max }) => `p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms, max ${max} ms`
  console.log(`${sent} comments in ${(figures.lasted / 1000).toFixed(1)} s, ${questions} of them questions`)
  console.log(
    `recorded ${recorded}, counted by the room ${counted}, refused and sent again ${refused} requests`,
  )
  console.log(`shown in the stream ${rows}, counted there as left out ${leftOut}`)
  console.log(
    `cards ${cardsOpen} of ${cardsExpected}, questions folded into them ${asked} of ${questions}, missed ${figures.missed}`,
  )
  console.log(`acknowledged: ${ms(figures.acknowledged)}`)
  console.log(`sent until in the page: ${ms(figures.inPage)}`)
  console.log(`sent until painted:     ${ms(figures.painted)}`)
  console.log(
    `long tasks of the page: ${JSON.stringify(figures.longTasks)}; processor seconds: server ${figures.cpu.server.toFixed(1)}, with browser and sender ${figures.cpu.all.toFixed(1)}`,
  )
  assert.deepEqual([recorded, counted, rows + leftOut], [sent, sent, sent], 'nothing is dropped silently')
  assert.deepEqual([figures.wrong, figures.unseen], [[], []], 'every card is right')
  assert.deepEqual([cardsOpen, asked, figures.missed], [cardsExpected, questions, 0])
  assert.ok(figures.painted.p99 <= p99Max, `p99 ${figures.painted.p99} ms is over ${p99Max} ms`)
}
