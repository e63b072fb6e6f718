export type Cell = string | number | null | undefined

/**
 * What a table program would run as a formula: by its first character, by its full-width twin, behind a space, and on a
 * second line. The server's tables follow the same rule.
 */
const FORMULA = /^[ \u00A0\u3000]*[=+\-@＝＋－＠\t\r]/

const inert = (text: string) =>
  text
    .split('\n')
    .map((line) => (FORMULA.test(line) ? `'${line}` : line))
    .join('\n')

function cell(value: Cell): string {
  if (value === null || value === undefined) return ''
  // A number is a number, also a negative one; only text can be a formula.
  const text = typeof value === 'string' ? inert(value) : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Rows as CSV (RFC 4180), with the mark by which table programs know UTF-8. */
export const csv = (rows: Cell[][]) => `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`

/** Gives the rows to the browser as a file. */
export function saveCsv(name: string, rows: Cell[][]) {
  const address = URL.createObjectURL(new Blob([csv(rows)], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
