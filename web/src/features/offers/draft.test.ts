import { expect, test } from 'vitest'
import { draftOf, emptyDraft, fromField, parseFen, promotionOf, toField } from './draft'
import { inWords } from './inWords'

test('an amount is read as people type it, and only whole fen are an amount', () => {
  for (const [typed, fen] of [
    ['268万', 268_000_000],
    ['26.8 万', 26_800_000],
    ['１９９.９０', 19_990],
    ['¥1,299', 129_900],
    ['0', 0],
    ['1.999', undefined],
    ['', undefined],
    ['十元', undefined],
  ] as const)
    expect(parseFen(typed), typed).toBe(fen)
})

test('an amount is read back so that a missing digit is heard', () => {
  for (const [fen, words] of [
    [268_000_000, '二百六十八万元'],
    [26_800_000, '二十六万八千元'],
    [120, '一元二角'],
    [1_005, '十元零五分'],
    [100_500, '一千零五元'],
    [1_000_010_000, '一千万零一百元'],
    [0, '零元'],
    [-8_400, '负八十四元'],
  ] as const)
    expect(inWords(fen), String(fen)).toBe(words)
})

test('a moment stays what it is in Shanghai, whatever the machine thinks', () => {
  expect(toField(1_781_784_000_000)).toBe('2026-06-18T20:00')
  expect(fromField('2026-06-18T20:00')).toBe(1_781_784_000_000)
})

test('what was stored can be typed on and comes back the same', () => {
  const draft = { ...emptyDraft(1_781_784_000_000), name: '满300减40', threshold: '300', amount: '40' }
  const stored = promotionOf({ ...draft, kind: 'full_reduction', every: true, limit: '2', products: ['p1'] })
  expect(stored.rule).toMatchObject({ threshold_fen: 30_000, off_fen: 4_000, every_step: true })
  expect(promotionOf(draftOf(stored))).toEqual(stored)
  const coupon = promotionOf({
    ...draft,
    kind: 'platform_coupon',
    by: 'percent',
    percent: '95',
    cap: '20',
    bears: '50',
  })
  expect(coupon.rule).toMatchObject({
    shop_bears_percent: 50,
    off: { by: 'percent', pays_percent: 95, cap_fen: 2_000 },
  })
  expect(promotionOf(draftOf(coupon))).toEqual(coupon)
})
