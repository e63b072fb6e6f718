import { expect, test } from 'vitest'
import { field } from '../../testing/catalogue'
import { cellText, day, shownText } from './cellText'

const at = (text: string) => Date.parse(`${text}+08:00`)

test.each([
  ['money', 5_990, '59.90'],
  ['money', 268_000_000, '2680000.00'],
  ['percent', 2_050, '20.5%'],
  ['integer', 0, '0'],
  ['texts', ['7天无理由', '运费险'], '7天无理由;运费险'],
  ['texts', ['牛奶、坚果'], '牛奶、坚果;'],
  ['pairs', { 颜色: '白', 尺码: 'L' }, '颜色:白;尺码:L'],
  [
    'gifts',
    [
      { name: '袜子', quantity: 2 },
      { name: '面霜', quantity: 1, sku: 'MY-LX' },
    ],
    '袜子x2;面霜[MY-LX]x1',
  ],
  [
    'shipping',
    { within_hours: 48, warehouse: '杭州', excluded: ['新疆', '西藏'] },
    '48小时;仓:杭州;不发:新疆、西藏',
  ],
  [
    'selling_points',
    [{ feature: '网布', advantage: '透气', benefit: '不捂脚' }, { feature: '轻' }],
    '网布→透气→不捂脚;轻',
  ],
  [
    'qualifications',
    [{ kind: '质检', number: 'QJ-1', valid_until: at('2026-12-31T23:59:59.999') }],
    '质检:QJ-1:2026-12-31',
  ],
  [
    'size_chart',
    {
      columns: ['尺码', '胸围'],
      rows: [
        ['S', '90'],
        ['M', '95'],
      ],
    },
    '尺码,胸围;S,90;M,95',
  ],
  ['trial', { by: '小鹿', at: at('2026-06-01T00:00:00'), note: '用了两周' }, '小鹿 2026-06-01 用了两周'],
  [
    'windows',
    [{ from: at('2026-06-16T20:00:00'), to: at('2026-06-19T00:00:00') }],
    '2026-06-16 20:00~2026-06-18 24:00',
  ],
  ['paid_prices', [{ at: at('2026-05-20T00:00:00'), price: 12_900 }], '2026-05-20:129.00'],
  ['text', null, ''],
])('%s as somebody types it', (kind, value, text) => {
  expect(cellText(field('x', '某项', kind), value)).toBe(text)
})

test('a choice is called by its name, and by its code where the name is not known', () => {
  const category = field('category', '类目', 'choice', {
    choices: [{ code: 'food', label: { zh: '食品', en: 'Food' } }],
  })
  expect(cellText(category, 'food')).toBe('食品')
  expect(cellText(category, 'toys')).toBe('toys')
})

test('what is only read is easier on the eye', () => {
  expect(shownText(field('x', '', 'money'), 268_000_000)).toBe('¥2,680,000.00')
  expect(shownText(field('x', '', 'gifts'), [{ name: '袜子', quantity: 2 }])).toBe('袜子 ×2')
  expect(shownText(field('x', '', 'texts'), ['牛奶、坚果'])).toBe('牛奶、坚果')
  expect(day(at('2026-06-18T00:30:00'))).toBe('2026-06-18')
})
