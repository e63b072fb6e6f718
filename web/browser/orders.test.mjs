import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { look } from './layout.mjs'
import { until } from './program.mjs'
import { openShop, RECIPIENT, sell } from './shop.mjs'

const NUMBER = '6917926768823643751'
let shop
let service

before(async () => {
  shop = await openShop('orders')
  const tee = {
    id: 'tee',
    name: '纯棉短袖T恤',
    link: 1,
    price: 9_900,
    gifts: '棉袜x2',
    guarantees: '7天无理由;运费险',
  }
  await sell(shop, tee, [
    { sku: 'tee-M', spec: { 尺码: 'M' }, pieces: 10 },
    { sku: 'tee-L', spec: { 尺码: 'L' }, pieces: 1 },
  ])
  const { id: show } = await shop.owner.done('/shows', { title: '周三专场', kind: 'daily' })
  await shop.owner.done(`/shows/${show}/lineup`, { products: ['tee'] }, 'PUT')
  await shop.owner.done(`/shows/${show}/open`, {})
  await shop.owner.done(`/shows/${show}/stage`, { id: 's1', product: 'tee' })
  const card = { id: 'c1', level: 'yellow', text: '现在下单送运费险' }
  await shop.owner.done(`/shows/${show}/prompter/cards`, card)
  await shop.owner.done(`/shows/${show}/prompter/cards/c1/acknowledge`, { id: 'k1' })
  const at = Date.now()
  const lines = [{ sku: 'tee-M', quantity: 1, paid_fen: 9_900 }]
  await shop.deliver({ number: NUMBER, state: 'created', at, lines, recipient: RECIPIENT })
  await shop.deliver({ number: NUMBER, state: 'paid', at: at + 1 })
  service = await shop.enter('客服小陈', ['customer_service'])
})

after(() => shop?.close())

test('an order is found, and shows what was promised, said, and to whom it goes only as much as it must', async () => {
  await service.getByRole('link', { name: '订单', exact: true }).click()
  await service.getByTestId('order').first().waitFor()
  await look(service, 'orders-list')
  await service.getByLabel('搜订单号').fill(RECIPIENT.phone)
  await service.getByTestId('phone').waitFor()
  await service.getByLabel('搜订单号').fill(NUMBER.slice(-6))
  await service.waitForURL(/search=643751/)
  await service.getByRole('link', { name: NUMBER }).click()
  const promise = service.getByTestId('promise')
  await promise.getByText('¥99.00').waitFor()
  await promise.getByText('棉袜 ×2').waitFor()
  await promise.getByText('现在下单送运费险').waitFor()
  await service.getByTestId('recipient').getByText('138****8765').waitFor()
  assert.ok(!(await service.content()).includes(RECIPIENT.name))
  await look(service, 'orders-one')
})

test('the recipient is seen in clear for a reason, and the evidence names nobody', async () => {
  await service.getByTestId('ask-reveal').click()
  await service.getByTestId('recipient').locator('.n-base-selection').first().click()
  await service.getByText('核对地址').click()
  await service.getByLabel('备注，如工单号').fill('工单 7')
  await service.getByTestId('reveal').click()
  await service.getByTestId('clear').getByText(RECIPIENT.name).waitFor()
  await service.getByTestId('evidence').click()
  await service.getByTestId('rest').first().waitFor()
  assert.equal(await service.getByTestId('rest').count(), 3, 'price, gifts and guarantees')
  await service.getByTestId('rest').first().getByText('店长阿青').waitFor()
  const paper = await service.content()
  assert.ok(!paper.includes(RECIPIENT.name) && !paper.includes('138****'))
  await look(service, 'orders-evidence')
})

test('the board shows what is held, and who waits in order', async () => {
  const reserve = (order) =>
    shop.owner.done('/reservations', { order, lines: [{ sku: 'tee-L', quantity: 1 }], when_short: 'wait' })
  for (const order of ['o-1', 'o-2', 'o-3']) await reserve(order)
  await service.goto(new URL('/stock/holds', shop.address).href)
  await service.getByTestId('board-line').first().getByText('2 单').waitFor()
  await service.getByRole('button', { name: 'tee-L' }).click()
  await until(async () => (await service.getByTestId('waiter').count()) === 2, 'two wait')
  assert.match(await service.getByTestId('waiter').first().innerText(), /1\s*o-2/)
  await service.getByTestId('ending').getByText('o-1').waitFor()
  await look(service, 'orders-holds')
})

test('nothing failed on the way, and no address held a number or a name', () => {
  assert.deepEqual(shop.errors, [])
  const told = shop.urls.map((url) => decodeURIComponent(url))
  assert.deepEqual(
    told.filter((url) => url.includes(RECIPIENT.phone) || url.includes(RECIPIENT.name)),
    [],
  )
})
