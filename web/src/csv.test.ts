import { expect, test } from 'vitest'
import { csv } from './csv'

test('what a table program would run as a formula is text', () => {
  const dangerous = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx']
  const cells = csv([dangerous]).slice(1).trimEnd().split(',')
  expect(cells.map((cell) => cell.replace(/^"/, '').at(0))).toEqual(dangerous.map(() => "'"))
})

test('full-width signs, signs behind a space and signs on a second line are no formulas either', () => {
  for (const formula of ['＝1+1', '\u3000@SUM(A1)', '\u00A0-2', '好\n=1'])
    expect(csv([[formula]])).toContain("'")
  expect(csv([['199 元=真便宜']])).not.toContain("'")
})

test('numbers stay numbers, and what is not there stays empty', () => {
  expect(csv([[-5, 0, 12.5, null, undefined, '']])).toBe('\uFEFF-5,0,12.5,,,\r\n')
})

test('separators, quotes and line ends within a cell are quoted', () => {
  expect(csv([['a,b', 'say "hi"', 'two\nlines', '纯文字']])).toBe(
    '\uFEFF"a,b","say ""hi""","two\nlines",纯文字\r\n',
  )
})
