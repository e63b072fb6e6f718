import { expect, test } from 'vitest'
import { isTable, pastedTable } from './pasted'

test.each([
  [
    '59\t69\n79\t89\n',
    [
      ['59', '69'],
      ['79', '89'],
    ],
  ],
  ['59\r\n69\r\n', [['59'], ['69']]],
  ['"第一行\n第二行"\t2', [['第一行\n第二行', '2']]],
  ['"他说""好"""\t2', [['他说"好"', '2']]],
  ['27"显示器\t1', [['27"显示器', '1']]],
  ['"27寸\t1', [['"27寸', '1']]],
  [
    'a\t\tb\n\t',
    [
      ['a', '', 'b'],
      ['', ''],
    ],
  ],
])('%j is a table', (text, table) => {
  expect(pastedTable(text)).toEqual(table)
})

test('one cell is no table, also with the line end that spreadsheets add', () => {
  expect(['59', '59\n', '59\r\n', '两个 词'].map(isTable)).toEqual([false, false, false, false])
  expect(['59\t69', '59\n69'].map(isTable)).toEqual([true, true])
})
