import { afterEach, expect, test } from 'vitest'
import { METRIC_NAMES, type Metric, type MetricName } from '../../../format'
import { setLanguage } from '../../../i18n'
import { mountIn } from '../../../testing/mounting'
import { MINUTE, metric, minute, START } from '../../../testing/rooms'
import MetricTile from './MetricTile.vue'

const ratio = (numerator: number, denominator = 1) => ({ numerator, denominator })

afterEach(() => setLanguage('zh-CN'))

function tile(name: MetricName, known: Partial<Metric>, more: Record<string, unknown> = {}) {
  return mountIn(MetricTile, {
    props: { name, metric: metric(known), minutes: [], clock: START, ...more },
  })
}

test('an exact figure says so beside its number', () => {
  const shown = tile('conversion_rate', { total: ratio(3, 1_000) })
  expect(shown.get('.value').text()).toBe('0.30%')
  expect(shown.get('.source').text()).toBe('精确')
})

test('a rounded counter shows the range that the truth lies in, and the word for it', () => {
  const shown = tile('online', {
    total: ratio(68_000),
    bounds: { low: 67_500, high: 69_000 },
    provenance: 'rounded',
  })
  expect(shown.get('.value').text()).toBe('67,500–69,000')
  expect(shown.get('.source').text()).toBe('约数')
})

test('sampled interactions are a number of people, not a rate', () => {
  const shown = tile('interaction_rate', { bounds: { low: 12, high: null }, provenance: 'sampled' })
  expect(shown.get('.value').text()).toBe('≥12 人')
  expect(shown.get('.source').text()).toBe('采样')
})

test('a figure that the source does not deliver is no zero', () => {
  const shown = tile('gpm', { provenance: 'missing', as_of: null })
  expect(shown.get('.value').text()).toBe('暂无')
  expect(shown.get('.source').text()).toBe('缺失')
  for (const part of ['.value', '.bottom', '.course']) expect(shown.get(part).text()).not.toMatch(/\d/)
})

test('what later data can still change is called provisional, and what they cannot, settled', () => {
  const word = (provisional: boolean) =>
    tile('online', { total: ratio(5), provisional })
      .get('.settled')
      .text()
  expect([word(true), word(false)]).toEqual(['暂定', '已定'])
})

test.each([
  ['watching', 117, '能看出 ≥12% 的下滑'],
  ['watching', null, '数据太少，看不出变化'],
  ['too_few', null, '数据太少，看不出变化'],
  ['learning', null, '下滑监测：学习中'],
  ['unknown', null, '下滑监测：未知'],
])('a watch that is %s (%s) says what it would see', (state, visible_permille, words) => {
  const shown = tile(
    'retention',
    { total: ratio(1, 2) },
    { watch: { series: 'retention', state, visible_permille } },
  )
  expect(shown.get('[data-testid=watch]').text()).toBe(words)
})

test('a figure that is not watched promises nothing', () => {
  expect(
    tile('gpm', { total: ratio(5) })
      .get('[data-testid=watch]')
      .text(),
  ).toBe('')
})

test.each([
  [120, '▲ 升'],
  [80, '▼ 降'],
  [100, '■ 平'],
])('a change to %i of 100 is told by an arrow and a word, not by colour alone', (now, words) => {
  const shown = tile('online', { total: ratio(1), last_10: ratio(now), before_10: ratio(100) })
  expect(shown.get('.trend').text()).toBe(words)
})

test('without ten minutes before there is no trend', () => {
  expect(
    tile('online', { total: ratio(1), last_10: ratio(5) })
      .find('.trend')
      .exists(),
  ).toBe(false)
})

test.each(METRIC_NAMES)('the formula of %s stands beside it, and in full for whoever gets to it', (name) => {
  const shown = tile(name, { total: ratio(1, 2) })
  expect(shown.get('.formula').text()).not.toBe('')
  const box = shown.get('[data-testid=metric-tile]')
  expect(box.attributes('tabindex')).toBe('0')
  const hint = shown.get('[role=tooltip]')
  expect(box.attributes('aria-describedby')).toBe(hint.attributes('id'))
  expect(hint.text()).toMatch(/ = .+/)
})

test('the figure tells how old it is', async () => {
  const shown = tile('online', { total: ratio(1) }, { clock: START + 12_900 })
  expect(shown.get('.age').text()).toBe('12 秒前')
  await shown.setProps({ clock: START + 622_000 })
  expect(shown.get('.age').text()).toBe('10 分钟前')
  await shown.setProps({ clock: START + 3_725_000 })
  expect(shown.get('.age').text()).toBe('1 小时 2 分前')
  // A clock that lags behind the event is no future.
  await shown.setProps({ clock: START - 5_000 })
  expect(shown.get('.age').text()).toBe('0 秒前')
})

test('the largest source is named, in the words of the crew', () => {
  expect(
    tile('sources', { total: ratio(38, 100) }, { source: 'follow' })
      .get('.value')
      .text(),
  ).toContain('关注')
  expect(
    tile('sources', { total: ratio(38, 100) }, { source: 'tv' })
      .get('.value')
      .text(),
  ).toContain('tv')
})

test('the sparkline has a gap where the minutes have one', () => {
  const minutes = [0, 1, 2, 3, 4].map((i) => minute(START + i * MINUTE, { online: i, has_data: i !== 2 }))
  const path =
    tile('online', { total: ratio(4) }, { minutes })
      .get('path')
      .attributes('d') ?? ''
  expect(path.match(/M/g)).toHaveLength(2)
})

test('in English everything on it is English', () => {
  setLanguage('en')
  const shown = tile('online', { total: ratio(1), last_10: ratio(2), before_10: ratio(1) })
  expect(shown.text()).toMatch(/exact/)
  expect(shown.text() + shown.html()).not.toMatch(/\p{Script=Han}/u)
})
