import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RoomView } from '../../../stream/reduce'
import { mountIn } from '../../../testing/mounting'
import {
  alarm,
  comment,
  MINUTE,
  metric,
  metrics,
  minute,
  question,
  roomView,
  START,
  show,
} from '../../../testing/rooms'
import { FakeSocket, fakeSockets } from '../../../testing/sockets'
import WallView from './WallView.vue'

let wall: VueWrapper
beforeEach(fakeSockets)
afterEach(() => wall.unmount())

const item = (n: number) => ({
  position: n,
  product: { id: `p-${n}`, link_number: n, name: `商品${n}`, price_fen: n * 100 },
})

async function wallWith(known: ReturnType<typeof metrics>, about = show(), more: Partial<RoomView> = {}) {
  const screen = { kind: 'wall' as const, show: about, lineup: [item(1), item(2)] }
  wall = mountIn(WallView, { props: { screen, token: 'link' } })
  FakeSocket.last.send({
    type: 'snapshot',
    server_time: START,
    show: about,
    view: roomView({ metrics: known, ...more }),
  })
  await flushPromises()
  return wall.findAll('[data-testid=wall-cell]').map((cell) => cell.text())
}

test('six things are shown, each figure with the word for where it comes from', async () => {
  const cells = await wallWith(
    metrics({
      online: metric({ bounds: { low: 67_500, high: 69_000 }, provenance: 'rounded' }),
      conversion_rate: metric({ provenance: 'missing' }),
    }),
  )
  expect(cells).toHaveLength(6)
  expect(cells[0]).toBe('成交额¥0.00精确')
  expect(cells[1]).toBe('在线人数67,500–69,000约数')
  expect(cells[2]).toContain('转化率 缺失—')
})

test('the item on stage and the one that comes next are named', async () => {
  const first = await wallWith(metrics(), show(), { stage: { product: 'p-1', since: START } })
  expect(first[3]).toContain('1 商品1')
  expect(first[3]).toContain('下一件 2 商品2')
  wall.unmount()
  const last = await wallWith(metrics(), show(), { stage: { product: 'p-2', since: START } })
  expect(last[3]).toContain('后面没有商品了')
})

test('the worst alarm is named by its rule, in words and a shape, with how many are open', async () => {
  const alarms = [alarm('device a 1'), alarm('stock b 2', { severity: 'warning', rule: 'stock' })]
  const closed = alarm('c', { state: 'resolved' })
  const answering = {
    asked: 9,
    answered: 2,
    automatic: 0,
    in_time: 1,
    missed: 0,
    open: 7,
    solved: 0,
    unsolved: 0,
  }
  const cells = await wallWith(metrics(), show(), { alarms: [...alarms, closed], answering })
  expect(cells[4]).toContain('■ 紧急 推流设备异常')
  expect(cells[4]).toContain('2 条告警未结')
  expect(cells[4]).toContain('7 个问题待答')
  wall.unmount()
  expect((await wallWith(metrics()))[4]).toContain('目前没有告警')
})

test('nothing on it names a viewer', async () => {
  const asked = question(81, { name: '小鱼', text: '小鱼的电话是多少' })
  const cluster = alarm('question_cluster 81 1', { rule: 'question_cluster', subject: '81' })
  await wallWith(metrics(), show(), {
    questions: [asked],
    comments: [comment(1, { name: '小鱼', text: '我是小鱼' })],
    alarms: [cluster],
  })
  expect(wall.text()).toContain('很多人问同一个问题')
  expect(wall.text()).not.toContain('小鱼')
})

test('the clock tells the time and for how long the show has run', async () => {
  const minutes = [minute(START - 65 * MINUTE)]
  const [, , , , , clock] = await wallWith(metrics(), show({ status: 'ended' }), { minutes })
  expect(clock).toContain('20:00:00')
  expect(clock).toContain('已下播')
  expect(clock).toContain('已播 1:05:00')
})

test('a made-up audience is called made up', async () => {
  await wallWith(metrics(), show({ synthetic: true }))
  expect(wall.text()).toContain('合成数据')
})
