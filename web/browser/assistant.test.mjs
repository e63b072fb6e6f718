import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { judge, openShop, play } from './assistant.mjs'
import { overflowing } from './layout.mjs'
import { SCREENSHOTS } from './program.mjs'

// A short piece of what `make soak ARGS=--assistant` plays in full.
const MESSAGES = 90

let shop

before(async () => {
  shop = await openShop('助理一段')
})
after(() => shop?.close())

test('an assistant at the keyboard answers in time, and each failure can be opened', async () => {
  const played = await play(shop, { messages: MESSAGES, minutes: 0.8 })
  judge(played, { messages: MESSAGES, inTimeMin: 95 })
  assert.ok(played.answering.answered >= 15, `${played.answering.answered} answered`)
  assert.deepEqual(await overflowing(shop.page), [])
  await shop.page.screenshot({ path: `${SCREENSHOTS}assistant-failures-1280.png` })
  assert.deepEqual(shop.errors, [])
})
