import { expect, test } from 'vitest'
import { entry } from '../../testing/faq'
import { bodyOf, changedFields, draftOf, emptyDraft, lineSpan, shownChars } from './faq'

test('an answer is counted as the server counts it', () => {
  expect(shownChars('{宝宝/家人们}好{{size height weight}}')).toBe(3 + 1 + 4)
  expect(shownChars('48小时')).toBe(4)
  expect(shownChars('半{/')).toBe(3)
})

test('an entry becomes a draft and the same entry again', () => {
  const valid = { valid_from: Date.UTC(2026, 5, 18, 12), valid_until: Date.UTC(2026, 5, 19, 12) }
  const draft = draftOf(entry('f1', '什么时候发货', valid))
  // Whatever the zone of the machine, the field shows Shanghai.
  expect([draft.from, draft.until]).toEqual(['2026-06-18T20:00', '2026-06-19T20:00'])
  expect(bodyOf(draft, 'me')).toMatchObject({ ...valid, question: '什么时候发货', owner: null })
})

test('variants stand on lines, concepts between spaces or commas, each once', () => {
  const typed = { ...emptyDraft(), variants: '多久发\n\n 多久发 \n几天发', concepts: '发货时效， 运费、运费' }
  expect(bodyOf({ ...typed, mine: true }, 'me')).toMatchObject({
    variants: ['多久发', '几天发'],
    concepts: ['发货时效', '运费'],
    owner: 'me',
  })
  const all = { ...typed, scope: 'all' as const, ids: ['p1'] }
  expect(bodyOf(all, 'me').scope).toEqual({ of: 'all', ids: [] })
})

test('two versions tell what differs, and a line of a text is found', () => {
  const [now, before] = [
    entry('f1', '发货', { short: '72小时' }),
    entry('f1', '发货', { valid_from: undefined }),
  ]
  expect(changedFields(now.content, before.content)).toEqual(['short'])
  expect(lineSpan('一\n二二\n三', 2)).toEqual([2, 4])
  expect(lineSpan('一\n二二\n三', 3)).toEqual([5, 6])
})
