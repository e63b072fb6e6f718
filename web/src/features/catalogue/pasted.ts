/**
 * The cells of what a table program put on the clipboard: tabs between cells, lines between rows, quotation marks around a
 * cell that has either in it.
 */
export function pastedTable(text: string): string[][] {
  const plain = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').replace(/\n$/, '')
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  for (let at = 0; at < plain.length; at += 1) {
    const char = plain[at]
    if (quoted) {
      if (char !== '"') cell += char
      else if (plain[at + 1] === '"') {
        cell += '"'
        at += 1
      } else quoted = false
    } else if (char === '"' && cell === '' && closes(plain, at)) quoted = true
    else if (char === '\t' || char === '\n') {
      rows.at(-1)?.push(cell)
      cell = ''
      if (char === '\n') rows.push([])
    } else cell += char
  }
  rows.at(-1)?.push(cell)
  return rows
}

/** Whether a quotation mark at the beginning of a cell has another at its end; an inch sign has none. */
function closes(text: string, from: number): boolean {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] !== '"') continue
    if (text[at + 1] === '"') at += 1
    else return at + 1 === text.length || text[at + 1] === '\t' || text[at + 1] === '\n'
  }
  return false
}

/** Whether the clipboard holds more than one cell. */
export const isTable = (text: string) => /[\t\n]/.test(text.replace(/\r?\n$/, ''))
