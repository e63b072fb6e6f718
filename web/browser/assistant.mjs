import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quantiles } from './burst.mjs'
import { BINARY, callerOf, createOwner, openBrowser, ROOT, start, watchErrors } from './program.mjs'

// An assistant at a keyboard in a simulated show. The audience is that of `livehand simulate`; a director puts one
// product after the other on stage. The assistant looks at the desk and presses keys, and does nothing else: no mouse,
// no call of the interface.

/** Nobody decides faster: the pause between two decisions, ms. */
const DECIDE_MS = [1_500, 2_000]
/** And so much longer for each further answer that one key sends, ms. */
const READ_MS = 600
/** Below this the assistant reads an offered answer as one that does not fit, and the host says it. */
const FITS_FROM_PERCENT = 50
/** Comments that one simulated viewer writes in a second. */
const COMMENT_RATE = 0.0011
/** How often the figures are looked at, ms. */
const LOOK_MS = 1_000
const CATALOGUE = JSON.parse(readFileSync(`${ROOT}demo/show618.json`, 'utf8'))

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Lets the library's surest answers go out by themselves, which operations decides before the show, if the program can. */
async function automate(shop, precision_permille) {
  const to = { on: true, precision_permille, route: 'overlay' }
  const { status } = await shop.call(`/shows/${shop.show}/auto-answers`, to, 'PUT')
  if (status === 404 || status === 405) throw new Error('this program answers nothing by itself')
  assert.equal(status, 200)
}

/** Starts the program with the demo's products and the pack of questions, and opens the cockpit of a show on air. */
export async function openShop(title) {
  const folder = mkdtempSync(join(tmpdir(), 'livehand-assistant-'))
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
  for (const { id, link_number, name, price_fen } of CATALOGUE.products)
    await done('/products', { id, link_number, name, price_fen })
  const products = CATALOGUE.products.map(({ id }) => id)
  const edits = products.map((product) => ({
    product,
    field: 'shipping_promise',
    value: { within_hours: 48 },
    confirmed: true,
  }))
  await done('/facts', { edits })
  await done('/faq/pack', { apply: true, state: 'active', categories: [] })
  const show = await done('/shows', { title, kind: 'promotion', synthetic: true })
  await done(`/shows/${show.id}/lineup`, { products }, 'PUT')
  await done(`/shows/${show.id}/open`, {})
  const cockpit = new URL(`/shows/${show.id}`, page.url()).href
  // Answers go over the picture: what has to be pasted into the platform's own chat has no place here.
  await page.evaluate((key) => localStorage.setItem(key, 'overlay'), `livehand.route.${show.id}`)
  await page.goto(cockpit)
  await page.getByTestId('metric-tile').first().waitFor()
  const close = async () => {
    await browser.close()
    await program.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, program, page, errors, context, call, done, show: show.id, cockpit, close }
}

/** The simulated audience, as a program of its own; gives when it has ended. */
function simulate(shop, { viewers, minutes, seed }) {
  const to = new URL(shop.cockpit).origin
  const sizes = ['--viewers', viewers, '--minutes', minutes, '--seed', seed].map(String)
  const args = ['simulate', ...sizes, '--show', shop.show, '--to', to, '--data', shop.folder]
  const child = spawn(BINARY, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = new Promise((resolve, reject) => {
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`simulate ended with ${code}`))))
  })
  return { ended, stop: () => child.kill('SIGINT') }
}

/** Another of the crew puts the products on stage in turn, as long as the audience expects each there. */
async function direct(shop, going) {
  for (let slot = 0; going(); slot += 1) {
    const { id } = CATALOGUE.products[slot % CATALOGUE.products.length]
    await shop.done(`/shows/${shop.show}/stage`, { product: id })
    const until = Date.now() + CATALOGUE.slot_seconds * 1_000
    while (going() && Date.now() < until) await pause(200)
  }
}

/** What the assistant sees of the desk: the chosen card, and how many answers the page calls sure. */
const look = (page) =>
  page.evaluate(() => {
    const card = document.querySelector('[data-testid=question-card].selected')
    if (!card) return null
    const first = card.querySelector('[data-testid=offered] > li')
    const send = first?.querySelector('[data-testid=send-offered]')
    const sure = first?.querySelector('.about')?.textContent.match(/(\d+)\s?%/)
    return {
      text: card.querySelector('.text').textContent,
      fits: send != null && !send.disabled && Number(sure?.[1] ?? 100),
      sure: card.querySelector('[data-testid=sure]') !== null,
      together: document.querySelectorAll('[data-testid=question-card] [data-testid=sure]').length,
    }
  })

/** Looks, decides and presses a key, as long as there is something to do. */
async function assist(shop, going) {
  const { page } = shop
  const pressed = { together: 0, offered: 0, aloud: 0 }
  while (going()) {
    await pause(DECIDE_MS[0] + Math.random() * (DECIDE_MS[1] - DECIDE_MS[0]))
    const desk = await look(page)
    if (desk === null) continue
    // The oldest card comes first; if its answer is sure, those of its neighbours that are go with it.
    if (desk.sure && desk.together > 1) {
      // Whoever sends several has read them.
      await pause(READ_MS * (desk.together - 1))
      await page.keyboard.press('g')
      pressed.together += 1
      continue
    }
    const fits = desk.fits !== false && desk.fits >= FITS_FROM_PERCENT
    await page.keyboard.press(fits ? '1' : 'h')
    pressed[fits ? 'offered' : 'aloud'] += 1
  }
  return pressed
}

/** What the program itself says of the show, asked for beside the assistant: how many comments, and every answer. */
async function follow(shop, going, waited) {
  while (going()) {
    const room = (await shop.call(`/shows/${shop.show}/state`, undefined, 'GET')).body
    for (const { id, at, closed_at, state } of room.questions)
      if (state === 'answered') waited.set(id, closed_at - at)
    shop.comments = room.metrics.totals.comments
    await pause(LOOK_MS)
  }
}

/** Plays a show until it has had so many comments, and gives what can be read on the screen afterwards. */
export async function play(shop, { messages, minutes, seed = 1, automatic = 0 }) {
  const { page } = shop
  if (automatic > 0) await automate(shop, automatic)
  const viewers = Math.round(messages / (minutes * 60) / COMMENT_RATE)
  // The room fills slowly: the audience may stay longer than it would need if it were all there at once.
  const audience = simulate(shop, { viewers, minutes: Math.ceil(minutes * 2) + 2, seed })
  let on = true
  const going = () => on
  const begun = Date.now()
  const waited = new Map()
  const working = Promise.all([assist(shop, going), direct(shop, going), follow(shop, going, waited)])
  const enough = async () => {
    while ((shop.comments ?? 0) < messages) await pause(LOOK_MS)
  }
  await Promise.race([enough(), audience.ended, working])
  audience.stop()
  await audience.ended
  const lasted = Date.now() - begun
  // The cards that are open now have their thirty seconds as well.
  const open = page.getByTestId('question-card')
  const end = Date.now() + 31_000
  while (Date.now() < end && (await open.count()) > 0) await pause(LOOK_MS)
  await pause(LOOK_MS)
  on = false
  const [pressed] = await working
  const { answering, metrics } = (await shop.call(`/shows/${shop.show}/state`, undefined, 'GET')).body
  const failures = await openFailures(page)
  const head = await page.locator('.questions > h2').textContent()
  return {
    viewers,
    lasted,
    messages: metrics.totals.comments,
    answering,
    waited: quantiles([...waited.values()]),
    pressed,
    inTime: Number(head.match(/30 秒内答复 ([\d.]+)%/)?.[1]),
    solved: Number(head.match(/已解决 ([\d.]+)%/)?.[1] ?? Number.NaN),
    failures,
  }
}

/** Opens each failure by the keyboard, from the newest to the oldest; gives how many could be opened, and what they say. */
async function openFailures(page) {
  await page.keyboard.press('Escape')
  await page.keyboard.press('q')
  const list = page.getByTestId('failed-questions')
  await list.locator('[data-testid=failed-question], .none').first().waitFor()
  const figures = await page.getByTestId('solved-figures').textContent()
  const count = await page.getByTestId('failed-question').count()
  const why = {}
  let opened = 0
  for (let at = 0; at < count; at += 1) {
    if (at > 0) await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    const detail = await page.evaluate(() => {
      const row = document.querySelector('[data-testid=failed-question][aria-current=true]')
      const words = row?.querySelector('[data-testid=failed-detail]')?.textContent
      return words && { words, why: row.querySelector('.warn').textContent.split('：')[0].trim() }
    })
    if (!detail) continue
    opened += 1
    why[detail.why] = (why[detail.why] ?? 0) + 1
  }
  const unlisted = Number((await list.textContent()).match(/更早的 (\d+) 个/)?.[1] ?? 0)
  return { figures, count, opened, unlisted, why }
}

/** Says the figures, and throws if they are not what they should be. */
export function judge(played, { messages, inTimeMin }) {
  const { answering, waited, pressed, failures } = played
  console.log(
    `${played.messages} messages of about ${played.viewers} viewers in ${(played.lasted / 60_000).toFixed(1)} min, ${(played.messages / (played.lasted / 1_000)).toFixed(1)} a second`,
  )
  console.log(
    `question cards ${answering.asked}: answered ${answering.answered}, missed ${answering.missed}, still open ${answering.open}`,
  )
  console.log(
    `keys: ${pressed.together} times several sure answers, ${pressed.offered} offered answers, ${pressed.aloud} aloud`,
  )
  console.log(
    `first answer within 30 s (on the screen): ${played.inTime} %; p50 ${(waited.p50 / 1_000).toFixed(1)} s, p95 ${(waited.p95 / 1_000).toFixed(1)} s, max ${(waited.max / 1_000).toFixed(1)} s`,
  )
  const rate = Number.isNaN(played.solved) ? 'not known yet' : `${played.solved} %`
  console.log(`solved (on the screen): ${rate}: ${failures.figures}`)
  console.log(
    `failures opened ${failures.opened} of ${failures.count} listed ${JSON.stringify(failures.why)}, ${failures.unlisted} earlier ones said to be listed no more`,
  )
  assert.ok(played.messages >= messages, `${played.messages} messages`)
  assert.equal(failures.opened, failures.count, 'each failure can be opened')
  assert.equal(
    failures.count + failures.unlisted,
    answering.missed + answering.unsolved,
    'no failure is hidden',
  )
  const { answered, solved, unsolved } = answering
  // While most answers are younger than three minutes there is no rate.
  assert.equal(Number.isNaN(played.solved), answered === 0 || 2 * (solved + unsolved) < answered)
  if (!Number.isNaN(played.solved))
    assert.ok(
      Math.abs(played.solved - (100 * solved) / (solved + unsolved)) < 0.1,
      'the solved rate is right',
    )
  assert.ok(played.inTime >= inTimeMin, `${played.inTime} % within 30 s, ${inTimeMin} % wanted`)
}
