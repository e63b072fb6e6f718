import { expect, test } from 'vitest'
import { hit } from '../../testing/wordings'
import { hitAt, replaced, segments, suggestionKey } from './wording'

test('a text is cut at its hits, counted in code points', () => {
  const text = '🎉🎉最好的面霜'
  const found = hit({ start_char: 2, end_char: 4, found: '最好' })
  expect(segments(text, [found]).map((part) => part.text)).toEqual(['🎉🎉', '最好', '的面霜'])
  expect(segments(text, [found])[1]?.hit).toBe(found)
  expect(segments('', [])).toEqual([])
})

test('another wording takes the place of a hit, with the caret behind it', () => {
  const found = hit({ start_char: 2, end_char: 4 })
  expect(replaced('🎉🎉最好的', found, '口碑好')).toEqual({ text: '🎉🎉口碑好的', caret: 7 })
})

test('the caret chooses the hit at it, then the next, then the first', () => {
  const [first, second] = [hit({ start_char: 0, end_char: 2 }), hit({ start_char: 5, end_char: 7 })]
  const at = (caret: number) => hitAt('最好三四五绝对八九', [first, second], caret)
  expect([at(1), at(3), at(6), at(9)]).toEqual([first, second, second, first])
})

test('Alt and a digit ask for a suggestion, but not while an input method composes', () => {
  const press = (init: KeyboardEventInit) => suggestionKey(new KeyboardEvent('keydown', init))
  expect(press({ altKey: true, code: 'Digit2', key: '™' })).toBe(1)
  expect(press({ altKey: true, code: 'Numpad3', key: '3' })).toBe(2)
  expect(press({ code: 'Digit1', key: '1' })).toBeUndefined()
  expect(press({ altKey: true, code: 'Digit4', key: '4' })).toBeUndefined()
  expect(press({ altKey: true, code: 'Digit1', key: '1', isComposing: true })).toBeUndefined()
})
