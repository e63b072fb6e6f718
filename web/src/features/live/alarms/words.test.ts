import { afterEach, expect, test } from 'vitest'
import { defineComponent } from 'vue'
import { setLanguage } from '../../../i18n'
import { mountIn } from '../../../testing/mounting'
import { alarm, entry, question, START } from '../../../testing/rooms'
import { useAlarmWords } from './words'

afterEach(() => setLanguage('zh-CN'))

function words(): ReturnType<typeof useAlarmWords> {
  let found: ReturnType<typeof useAlarmWords> | undefined
  const names = new Map([['p-3', '棉里乳胶枕']])
  const room = { names, questions: [question(81, { text: '多少钱' })] }
  const Asks = defineComponent({
    setup() {
      found = useAlarmWords(() => room)
      return () => null
    },
  })
  mountIn(Asks)
  if (!found) throw new Error('no words')
  return found
}
const fall = {
  kind: 'fall' as const,
  since: START,
  minutes: 5,
  with: 130,
  of: 360,
  expected_ppm: 448_000,
  fall_permille: 194,
  low_permille: 81,
  high_permille: 302,
}

test('a fall tells how large it is with its interval, what was expected, and what was seen of how many', () => {
  expect(words().evidence(alarm('x', { evidence: fall }))).toEqual([
    '比应有的低 19.4%，95% 可信区间 8.10%–30.2%',
    '按之前应有 44.8%，实际 36.1%（130/360，20:00 起 5 分钟）',
  ])
  setLanguage('en')
  expect(words().evidence(alarm('x', { evidence: fall }))[0]).toBe(
    '19.4% lower than expected, 95 % interval 8.10%–30.2%',
  )
})

test('a share below that of others tells both', () => {
  const below = { kind: 'below' as const, with: 3, of: 180, others_with: 40, others_of: 800 }
  expect(words().evidence(alarm('x', { evidence: below }))).toEqual([
    '点了它的人里成交 1.67%（3/180），其他商品 5.00%（40/800）',
  ])
})

test('silence is called a gap, not a fall', () => {
  const [said] = words().evidence(alarm('x', { evidence: { kind: 'silence', since: START } }))
  expect(said).toBe('20:00 起没有收到数据，不是人走光了')
})

test.each([
  ['device', 'silence_s main', 12, 5, '现在 12 秒，高于界限 5 秒'],
  ['device', 'encoder_percent main', 91, 70, '现在 91%，高于界限 70%'],
  ['stock', 'stock_available p-3', 4, 10, '现在 4 件，低于界限 10 件'],
  ['price', 'price_deviation_permille p-3', 40, 10, '现在 4.00%，高于界限 1.00%'],
  ['question_cluster', '81', 7, 5, '7 人在问（5 人起提醒）'],
  ['answers_late', null, 9, 5, '9 个问题等了 30 秒以上（5 个起提醒）'],
])('a bound of %s (%s) is told in its own unit', (rule, subject, value, bound, said) => {
  const evidence = { kind: 'bound' as const, value, bound }
  expect(words().evidence(alarm('x', { rule, subject, evidence }))).toEqual([said])
})

test.each([
  ['question_cluster', '81', '“多少钱”'],
  ['question_cluster', '99', '问题 99'],
  ['dear_item_unsold', 'p-3', '棉里乳胶枕'],
  ['stock', 'stock_available p-3', '可售库存 · 棉里乳胶枕'],
  ['device', 'frozen_s', '画面静止'],
])('the subject of %s (%s) is named', (rule, subject, said) => {
  expect(words().subject(alarm('x', { rule, subject }))).toBe(said)
})

test('causes are told in words, with how many points they explain', () => {
  const { cause } = words()
  expect(cause({ kind: 'source_mix', points_permille: -25 })).toBe('进来的人来源变了，拉低 2.5 个百分点')
  expect(cause({ kind: 'within_source', source: 'feed', points_permille: -8 })).toBe(
    '“推荐”来的人留得比之前少，拉低 0.8 个百分点',
  )
  expect(cause({ kind: 'within_product', product: 'p-3', part_permille: 620 })).toBe(
    '少掉的订单里 62% 是 棉里乳胶枕',
  )
  const before = (what: 'item_staged' | 'adjustment_made' | 'alarm_raised', subject: string | null) =>
    cause({ kind: 'before', at: START, what, subject })
  expect(before('item_staged', 'p-3')).toBe('前后 20:00 上讲解 棉里乳胶枕')
  expect(before('item_staged', null)).toBe('前后 20:00 下讲解')
  expect(before('adjustment_made', 'pace')).toBe('前后 20:00 调整 改节奏')
  expect(before('alarm_raised', 'device main 29696520')).toBe('前后 20:00 告警 推流设备异常')
})

test('entries of the timeline are described by what they are about', () => {
  const { describe } = words()
  const said = (known: Parameters<typeof entry>[1]) => describe(entry(1, { text: '', ...known }))
  expect(said({ what: 'alarm_step_done', subject: 'device main 1', text: 'keep_talking' })).toBe(
    '完成步骤 · 推流设备异常 · 继续讲，别冷场',
  )
  expect(said({ what: 'alarm_closed', subject: 'device main 1', text: '换了备线' })).toBe(
    '告警结束 · 推流设备异常 · 换了备线',
  )
  expect(said({ what: 'adjustment_made', subject: 'price', product: 'p-3', text: '降五元' })).toBe(
    '调整 · 改价 · 棉里乳胶枕 · 降五元',
  )
  expect(said({ what: 'question_answered', subject: '81', text: '48 元' })).toBe('答复问题 · 多少钱 → 48 元')
})
