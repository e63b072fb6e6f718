import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BINARY, callerOf, createOwner, openBrowser, ROOT, start, until, watchErrors } from './program.mjs'

// An assistant at a keyboard in a simulated show. The audience is that of `livehand simulate`; a director puts one
// product after the other on stage. The assistant looks at the desk and presses keys, and does nothing else: no mouse,
// no call of the interface.

/** Nobody decides faster: the pause between two decisions, ms. */
const DECIDE_MS = [1_500, 2_000]
/** Below this the assistant reads an offered answer as one that does not fit, and the host says it. */
const FITS_FROM_PERCENT = 50
/** Comments that one simulated viewer writes in a second. */
const COMMENT_RATE = 0.0011
const CATALOGUE = JSON.parse(readFileSync(`${ROOT}demo/show618.json`, 'utf8'))

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Starts the program with the demo's products and the pack of questions, and opens the cockpit of a show on air. */
export async function openShop(title) {
  const folder = mkdtempSync(join(tmpdir(), 'livehand-assistant-'))
  const program = await start(
    ['serve', '--data', folder, '--listen', '127.0.0.1:0'],
    (output) => output.match(/http:\S+\/enter#\w+/)?.[0],
  )
  const browser = await openBrowser()
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
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
  await page.goto(cockpit)
  await page.getByTestId('metric-tile').first().waitFor()
  const close = async () => {
    await browser.close()
    await program.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, program, page, errors, call, done, show: show.id, cockpit, close }
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

/** What the assistant sees of the chosen card. */
const look = (page) =>
  page.evaluate(() => {
    const card = document.querySelector('[data-testid=question-card].selected')
    if (!card) return null
    const offered = [...card.querySelectorAll('[data-testid=offered] > li')].map((line) => {
      const send = line.querySelector('[data-testid=send-offered]')
      const sure = line.querySelector('.about')?.textContent.match(/(\d+)\s?%/)
      return { ready: send !== null && !send.disabled, sure: sure ? Number(sure[1]) : null }
    })
    return { id: card.dataset.id, text: card.querySelector('.text').textContent, offered }
  })

/** Looks, decides and presses a key, as long as there is something to do. */
async function assist(shop, going) {
  const { page } = shop
  const pressed = { offered: 0, aloud: 0 }
  const log = []
  while (going()) {
    await pause(DECIDE_MS[0] + Math.random() * (DECIDE_MS[1] - DECIDE_MS[0]))
    const card = await look(page)
    if (card === null) continue
    const fits = card.offered.findIndex(
      ({ ready, sure }, at) => ready && (at > 0 ? false : sure === null || sure >= FITS_FROM_PERCENT),
    )
    await page.keyboard.press(fits >= 0 ? String(fits + 1) : 'h')
    pressed[fits >= 0 ? 'offered' : 'aloud'] += 1
    log.push({ ...card, fits })
  }
  return { pressed, log }
}

/** Plays a show and gives what the program says of it. */
export async function play(shop, { messages, minutes, seed = 1 }) {
  const viewers = Math.round(messages / (minutes * 60) / COMMENT_RATE)
  const audience = simulate(shop, { viewers, minutes, seed })
  let on = true
  const going = () => on
  const begun = Date.now()
  const working = Promise.all([assist(shop, going), direct(shop, going)])
  await audience.ended
  // The last cards are still to be answered.
  const state = async () => (await shop.call(`/shows/${shop.show}/state`, undefined, 'GET')).body
  on = false
  const [assisted] = await working
  const room = await state()
  return { viewers, lasted: Date.now() - begun, room, ...assisted }
}
