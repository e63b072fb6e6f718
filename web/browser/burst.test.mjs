import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { burst, judge, openRoom } from './burst.mjs'
import { overflowing } from './layout.mjs'
import { SCREENSHOTS } from './program.mjs'

let room

before(async () => {
  room = await openRoom('小洪峰')
})
after(() => room?.close())

test('in a burst every question is on its card in time, and every comment is shown or counted', async () => {
  // The bound is generous: this runs beside other tests, with a program that was built without optimising.
  judge(await burst(room, { perSecond: 200, seconds: 5, cards: 30 }), 2_000)
})

test('hundreds of open cards are all there, and the last one is reached by the keyboard', async () => {
  const cards = room.page.getByTestId('question-card')
  const count = await cards.count()
  assert.equal(count, 30)
  await room.page.locator('body').click({ position: { x: 5, y: 5 } })
  for (let at = 1; at < count; at += 1) await room.page.keyboard.press('j')
  await cards.last().and(room.page.locator('.selected')).waitFor()
  const box = await cards.last().boundingBox()
  assert.ok(box.y > 0 && box.y < 720, 'it was scrolled to')
  assert.deepEqual(await overflowing(room.page), [])
  await room.page.screenshot({ path: `${SCREENSHOTS}burst-1280.png` })
  assert.deepEqual(room.errors, [])
})
