import { MARKS, type Mark } from './marks'

interface Line {
  colour: string
  words: string
  value: string
}

/** At most so many of a minute are told; the drill-down has all of them. */
const TOLD = 6

/** What the pointed-at minute holds. Elements, not markup: the crew's words and names of products are text. */
export function courseTooltip(time: string, lines: Line[], items: string[], marks: Mark[]): HTMLElement {
  const box = document.createElement('div')
  box.style.maxWidth = '320px'
  box.style.whiteSpace = 'normal'
  row(box, [[time]])
  for (const { colour, words, value } of lines) row(box, [['●', colour], [words], [value]])
  for (const item of items.slice(-TOLD)) row(box, [['▶'], [item]])
  for (const { kind, text } of marks.slice(-TOLD)) row(box, [[MARKS[kind].glyph, MARKS[kind].colour], [text]])
  return box
}

function row(box: HTMLElement, parts: [text: string, colour?: string][]) {
  const line = document.createElement('div')
  for (const [text, colour] of parts) {
    const part = document.createElement('span')
    part.textContent = `${text} `
    if (colour) part.style.color = colour
    line.append(part)
  }
  box.append(line)
}
