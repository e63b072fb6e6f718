import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BINARY, callerOf, createOwner, openBrowser, start, watchErrors } from './program.mjs'

/** Everybody in these shops is made up. */
export const RECIPIENT = {
  name: '欧阳雪融',
  phone: '13800138765',
  region: '浙江省杭州市余杭区',
  address: '五常街道文一西路969号3幢501室',
}

/** A program with a key for personal data, a source of orders and an owner, and a browser that looks at it. */
export async function openShop(name) {
  const folder = mkdtempSync(join(tmpdir(), `livehand-${name}-`))
  const keys = join(folder, 'keys.json')
  const secrets = join(folder, 'secrets')
  execFileSync(BINARY, ['keys', 'new', keys])
  const secret = execFileSync(BINARY, ['orders', 'secret', 'shop', secrets]).toString().trim()
  const program = await start(
    ['serve', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0'],
    (output) => output.match(/http:\S+\/enter#\w+/)?.[0],
    { LIVEHAND__KEYS: keys, LIVEHAND__ORDER_SECRETS: secrets },
  )
  const browser = await openBrowser()
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' })
  const first = await context.newPage()
  await createOwner(first, program.found)
  const owner = callerOf(context, program.found)
  const errors = []
  const urls = []

  /** A page of somebody with these hats, entered by their one-time link. */
  async function enter(person, hats, viewport = { width: 1366, height: 768 }) {
    const added = await owner.done('/people', { name: person, hats })
    const opened = await browser.newContext({ viewport, locale: 'zh-CN', hasTouch: viewport.width < 500 })
    const page = await opened.newPage()
    watchErrors(page, errors)
    page.on('request', (request) => urls.push(request.url()))
    await page.goto(new URL(added.link, program.found).href)
    await page.waitForURL(/\/(shows|warehouse)/)
    return page
  }

  let delivered = 0
  /** Delivers a notice of an order as the shop's platform does, signed. */
  async function deliver(notice) {
    delivered += 1
    const id = `msg-${delivered}`
    const body = JSON.stringify({ platform: 'douyin', ...notice })
    const stamp = Math.floor(Date.now() / 1000).toString()
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
    const signature = createHmac('sha256', key).update(`${id}.${stamp}.${body}`).digest('base64')
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': stamp,
      'webhook-signature': `v1,${signature}`,
    }
    const url = new URL('/api/v1/orders/webhook', program.found).href
    const response = await fetch(url, { method: 'POST', headers, body })
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    return response.json()
  }

  async function close() {
    await browser.close()
    await program.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const address = program.found
  return { address, folder, browser, context, first, owner, enter, deliver, close, errors, urls }
}

/** A product with SKUs of which there are so many pieces, with what is promised of it. */
export async function sell(shop, product, skus) {
  const { id, name, link, price, gifts, guarantees } = product
  await shop.owner.done('/products', { id, name, price_fen: price, link_number: link })
  const facts = [
    { product: id, field: 'gifts', text: gifts },
    { product: id, field: 'guarantees', text: guarantees },
  ]
  await shop.owner.done('/facts', { edits: facts.filter((fact) => fact.text) })
  for (const { sku, spec } of skus) await shop.owner.done(`/products/${id}/skus`, { id: sku, spec })
  const movements = skus.map(({ sku, pieces }) => ({
    id: `in-${sku}`,
    sku,
    kind: 'received',
    quantity: pieces,
    reason: 'opening',
    note: '',
  }))
  await shop.owner.done('/stock/movements', { movements })
}
