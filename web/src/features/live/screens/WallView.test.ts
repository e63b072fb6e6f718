import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mountIn } from '../../../testing/mounting'
import { metric, metrics, roomView, START, show } from '../../../testing/rooms'
import { FakeSocket, fakeSockets } from '../../../testing/sockets'
import WallView from './WallView.vue'

let wall: VueWrapper
beforeEach(fakeSockets)
afterEach(() => wall.unmount())

async function wallWith(known: ReturnType<typeof metrics>, about = show()) {
  const screen = { kind: 'wall' as const, show: about, lineup: [] }
  wall = mountIn(WallView, { props: { screen, token: 'link' } })
  FakeSocket.last.send({
    type: 'snapshot',
    server_time: START,
    show: about,
    view: roomView({ metrics: known }),
  })
  await flushPromises()
  return wall.findAll('[data-testid=wall-cell]').map((cell) => cell.text())
}

test('six figures are shown, each with the word for where it comes from', async () => {
  const cells = await wallWith(
    metrics({
      online: metric({ bounds: { low: 67_500, high: 69_000 }, provenance: 'rounded' }),
      conversion_rate: metric({ provenance: 'missing' }),
      interaction_rate: metric({ bounds: { low: 12, high: 40 }, provenance: 'sampled' }),
    }),
  )
  expect(cells).toHaveLength(6)
  expect(cells[0]).toBe('在线人数67,500–69,000约数')
  expect(cells[1]).toBe('成交额¥0.00精确')
  expect(cells[3]).toBe('转化率—缺失')
  expect(cells[4]).toBe('互动率12–40 人采样')
})

test('a made-up audience is called made up', async () => {
  await wallWith(metrics(), show({ synthetic: true }))
  expect(wall.text()).toContain('合成数据')
})
