import type { Schemas } from '../../api/client'

export type WordingHit = Schemas['WordingHit']
export type WordingVerdict = Schemas['WordingVerdict']
export type Place = Schemas['Place']
export type Goods = Schemas['Goods']

export const PLACES: Place[] = [
  'script',
  'faq',
  'reply',
  'prompter',
  'overlay',
  'title',
  'coupon_name',
  'warm_up',
]
export const GOODS: Goods[] = [
  'apparel',
  'beauty',
  'baby',
  'food',
  'electronics',
  'jewellery',
  'home',
  'other',
]
/** A shape for each level: colour is never alone. */
export const SHAPES: Record<WordingHit['level'], string> = { block: '■', evidence: '▲', warn: '◆', tip: '●' }

/** A stretch of the text, with the hit that it belongs to. */
export interface Segment {
  text: string
  hit?: WordingHit
}

/** The text cut at its hits. The server counts code points, a string counts UTF-16 units. */
export function segments(text: string, hits: WordingHit[]): Segment[] {
  const points = Array.from(text)
  const parts: Segment[] = []
  let at = 0
  for (const hit of hits) {
    if (hit.start_char < at) continue
    if (hit.start_char > at) parts.push({ text: points.slice(at, hit.start_char).join('') })
    parts.push({ text: points.slice(hit.start_char, hit.end_char).join(''), hit })
    at = hit.end_char
  }
  if (at < points.length) parts.push({ text: points.slice(at).join('') })
  return parts
}

/** The text with another wording in place of a hit, and where the caret then stands. */
export function replaced(text: string, hit: WordingHit, wording: string): { text: string; caret: number } {
  const points = Array.from(text)
  const before = points.slice(0, hit.start_char).join('') + wording
  return { text: before + points.slice(hit.end_char).join(''), caret: before.length }
}

/** The hit at the caret, or the next one after it, or the first. */
export function hitAt(text: string, hits: WordingHit[], caret: number): WordingHit | undefined {
  const point = Array.from(text.slice(0, caret)).length
  return hits.find((hit) => hit.end_char >= point) ?? hits[0]
}

/** Which suggestion Alt and a digit ask for; the digit is the key, whatever the keyboard writes with Alt. */
export function suggestionKey(event: KeyboardEvent): number | undefined {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return undefined
  const digit =
    /^(?:Digit|Numpad)([1-3])$/.exec(event.code)?.[1] ?? (/^[1-3]$/.test(event.key) ? event.key : '')
  return digit === '' ? undefined : Number(digit) - 1
}
