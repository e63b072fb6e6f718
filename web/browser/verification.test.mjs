import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { look } from './layout.mjs'
import { until } from './program.mjs'
import { openShop, RECIPIENT, sell } from './shop.mjs'

const QUEUE = '/orders/verification'
const NEW_PHONE = '13911112222'
let shop
let service

const get = (path) => shop.owner.done(path, undefined, 'GET')
const check = async (number) => (await get(`/orders/douyin%3A${number}/verification`)).check
const rows = async () => (await service.getByTestId('row').locator('b').allInnerTexts()).sort()
const key = (name) => service.keyboard.press(name)
/** Walks along the queue until this order's card is open. */
async function open(number) {
  const card = service.getByTestId('card').getByRole('link', { name: number })
  for (let step = 0; step < 20; step += 1) await key('k')
  for (let step = 0; step < 20 && (await card.count()) === 0; step += 1) await key('j')
  await card.waitFor()
}

/** A paid order, checked as it comes. */
async function take(number, change = {}) {
  const lines = [{ sku: 'tee-M', quantity: 1, paid_fen: 9_900 }]
  const recipient = { ...RECIPIENT, address: `五常街道文一西路${number}号` }
  const at = Date.now()
  await shop.deliver({ number, state: 'paid', at, lines, recipient, buyer: `u-${number}`, ...change })
}

before(async () => {
  shop = await openShop('verification')
  const tee = { id: 'tee', name: '纯棉短袖T恤', link: 1, price: 9_900, guarantees: '7天无理由' }
  await sell(shop, tee, [
    { sku: 'tee-M', spec: { 尺码: 'M' }, pieces: 50 },
    { sku: 'tee-L', spec: { 尺码: 'L' }, pieces: 50 },
  ])
  // Every correction is asked about, and every order looked at a second time.
  const { settings, fixable } = await get(`${QUEUE}/settings`)
  await shop.owner.done(`${QUEUE}/settings`, { ...settings, ask: fixable, sample_per_mille: 1000 }, 'PUT')
  const noCounty = (n) => ({ ...RECIPIENT, region: '浙江省杭州市', address: `五常街道文一西路${n}号3幢` })
  await take('101', { recipient: noCounty(101) })
  await take('102', { recipient: noCounty(102) })
  await take('103', { recipient: noCounty(103) })
  await take('201', { recipient: { ...RECIPIENT, phone: '1380013876', address: '文一西路201号' } })
  await take('202', { lines: [{ sku: 'tee-M', quantity: 1, paid_fen: 990 }] })
  await take('203', { lines: [{ sku: 'tee-XXL', quantity: 1, paid_fen: 9_900 }] })
  await take('204', { recipient: { ...RECIPIENT, address: '' } })
  await take('301')
  service = await shop.enter('客服小陈', ['customer_service'])
  await until(async () => ((await get(QUEUE)).counts.waiting ?? 0) === 7, 'seven wait for a person')
})

after(() => shop?.close())

test('the queue shows what was found and what a fix changes, by keyboard', async () => {
  await service.getByRole('link', { name: '订单', exact: true }).press('Enter')
  await service.getByRole('link', { name: '审单' }).press('Enter')
  await until(async () => (await rows()).length === 7, 'seven cards')
  await open('101')
  const county = service.getByTestId('map').locator('[data-part=county]')
  await county.getByText('余杭区').waitFor()
  await county.getByText('没写').waitFor()
  await service.getByTestId('recipient').getByText('138****8765').waitFor()
  assert.ok(!(await service.content()).includes(RECIPIENT.name))
  await look(service, 'verification-queue')
})

test('each decision is one key, and the last one is taken back', async () => {
  await open('202')
  await key('e')
  await service.getByTestId('last').getByText('202 维持原样').waitFor()
  await until(async () => (await check('202')) === 'decided', 'kept')
  await open('203')
  await key('q')
  await until(async () => (await check('203')) === 'asked', 'the buyer is asked')
  await open('204')
  await key('x')
  await until(async () => (await check('204')) === 'cancelled', 'not sent')
  await key('u')
  await until(async () => ['due', 'waiting'].includes(await check('204')), 'taken back')
  await until(async () => (await rows()).includes('204'), 'there again')
  await open('204')
  await key('x')
  await until(async () => (await check('204')) === 'cancelled', 'not sent after all')
})

test('an order is corrected by hand without a mouse', async () => {
  await open('201')
  await key('c')
  await service.getByTestId('correct').waitFor()
  for (const text of ['王小丫', NEW_PHONE, '浙江省杭州市余杭区', '文一西路201号']) {
    await service.keyboard.type(text)
    await key('Tab')
  }
  await look(service, 'verification-correct')
  await key('Enter')
  await until(async () => (await check('201')) === 'decided', 'corrected')
  const { recipient } = await get('/orders/douyin%3A201/verification')
  assert.equal(recipient.phone, '139****2222')
})

test('the sure ones are accepted together', async () => {
  await until(async () => (await rows()).join() === '101,102,103', 'only the sure ones are left')
  await key('b')
  await service.getByTestId('confirming').getByText('这 3 单').waitFor()
  await key('Enter')
  await service.getByTestId('empty').waitFor()
  for (const number of ['101', '102', '103'])
    await until(async () => (await check(number)) === 'decided', `${number} accepted`)
  const { recipient } = await get('/orders/douyin%3A102/verification')
  assert.match(recipient.region, /余杭区/)
})

test('second checks stand against the goal', async () => {
  await key(']')
  await key(']')
  // Whoever decided on an order does not check it a second time; this one went by itself.
  await service.getByTestId('row').first().waitFor()
  await open('301')
  await key('y')
  await service.getByTestId('rates').getByText('100.00%').waitFor()
  await look(service, 'verification-sample')
  const rates = await get(`${QUEUE}/rates`)
  assert.deepEqual([rates.second_right, rates.second_wrong, rates.goal_per_mille], [1, 0, 998])
})

test('nothing failed on the way, and no address held a number or a name', () => {
  assert.deepEqual(shop.errors, [])
  const told = shop.urls.map((url) => decodeURIComponent(url))
  const secrets = [RECIPIENT.phone, RECIPIENT.name, NEW_PHONE, '王小丫']
  assert.deepEqual(
    told.filter((url) => secrets.some((text) => url.includes(text))),
    [],
  )
})
