import { ProblemError, type Schemas } from '../../api/client'
import { fromField, toField } from '../offers/draft'

export type Entry = Schemas['FaqEntry']
export type Content = Schemas['FaqContent']
export type Level = Schemas['FaqLevel']
export type State = Schemas['FaqState']
export type ScopeOf = Schemas['FaqScopeOf']
export type Ailment = Schemas['FaqAilment']
export type LinesDone = Schemas['FaqLinesDone']
export type LineFault = Schemas['FaqLineFault']

export const LEVELS: Level[] = ['A', 'B', 'C']
export const STATES: State[] = ['draft', 'active', 'retired']
export const SCOPES: ScopeOf[] = ['all', 'category', 'product', 'sku', 'show']
/** A shape for each state: colour is never alone. */
export const SHAPES: Record<State, string> = { draft: '○', active: '●', retired: '×' }
/** A shape for each ailment: what is broken, what will be, what could be better. */
export const MARKS: Record<Ailment, string> = {
  expired: '■',
  expiring: '▲',
  often_rewritten: '▲',
  no_evidence: '▲',
  never_hit: '◆',
  few_variants: '◆',
}
/** The public chat takes no more. */
export const SHORT_MAX = 45
export const LONG_MAX = 1000
/** The health page asks for so many. */
export const VARIANTS_WANTED = 12
/** The same in every language. */
export const CHOICE_EXAMPLE = '{宝宝/家人}'
export const PASTE_EXAMPLE =
  '发货/多久发/几天发货|{宝宝/家人}，{{ship_by}}发出\n1,4,7|尺码/多大/穿啥码|报身高体重，帮您选：{{size height weight}}'

/** An entry as it is typed. */
export interface Draft {
  /** Empty for one that is new. */
  id: string
  version: number
  question: string
  /** One on each line. */
  variants: string
  short: string
  long: string
  level: Level
  state: State
  scope: ScopeOf
  ids: string[]
  evidence: string
  /** As fields for date and time have it, in Shanghai. */
  from: string
  until: string
  concepts: string
  /** Whether whoever types takes it over. */
  mine: boolean
}

export const emptyDraft = (): Draft => ({
  id: '',
  version: 0,
  question: '',
  variants: '',
  short: '',
  long: '',
  level: 'B',
  state: 'active',
  scope: 'all',
  ids: [],
  evidence: '',
  from: '',
  until: '',
  concepts: '',
  mine: false,
})

const field = (ms: number | null | undefined) => (ms === null || ms === undefined ? '' : toField(ms))
const moment = (text: string) => (text ? fromField(text) : null)

export function draftOf({ id, version, content }: Entry): Draft {
  return {
    id,
    version,
    question: content.question,
    variants: content.variants.join('\n'),
    short: content.short,
    long: content.long,
    level: content.level,
    state: content.state,
    scope: content.scope.of,
    ids: content.scope.ids ?? [],
    evidence: content.evidence,
    from: field(content.valid_from),
    until: field(content.valid_until),
    concepts: content.concepts.join(' '),
    mine: false,
  }
}

const pieces = (text: string, by: RegExp) => [
  ...new Set(
    text
      .split(by)
      .map((one) => one.trim())
      .filter(Boolean),
  ),
]
export const variantsOf = (draft: Draft) => pieces(draft.variants, /\n/)
const conceptsOf = (draft: Draft) => pieces(draft.concepts, /[\s,，、]+/)

/** What is sent; `me` is whoever types. */
export function bodyOf(draft: Draft, me: string): Schemas['FaqEntryToAdd'] {
  return {
    question: draft.question,
    variants: variantsOf(draft),
    short: draft.short,
    long: draft.long,
    level: draft.level,
    state: draft.state,
    scope: { of: draft.scope, ids: draft.scope === 'all' ? [] : draft.ids },
    evidence: draft.evidence,
    valid_from: moment(draft.from),
    valid_until: moment(draft.until),
    concepts: conceptsOf(draft),
    owner: draft.mine ? me : null,
  }
}

/** What a slot counts for while it is not filled, as the server counts it. */
const SLOT_CHARS = 4

/** How long an answer is when it is shown: of a choice the longest word counts, a slot for four. The server decides. */
export function shownChars(text: string): number {
  let chars = 0
  const rest = text
    .replace(/\{\{[^{}]*\}\}/g, () => {
      chars += SLOT_CHARS
      return ''
    })
    .replace(/\{([^{}]*[/／][^{}]*)\}/g, (_, inside: string) => {
      chars += Math.max(...inside.split(/[/／]/).map((one) => Array.from(one.trim()).length))
      return ''
    })
  return chars + Array.from(rest).length
}

/** The mistakes of a refused request, by the field that they are about. */
export function faultsOf(error: unknown): Map<string, string> {
  const errors = error instanceof ProblemError ? (error.problem.errors ?? []) : []
  const named = errors.map(
    (one) => [one.field.split(/[[.]/)[0] ?? '', `${one.expected} (${one.found})`] as const,
  )
  return new Map(named.reverse())
}

export const codeOf = (error: unknown) => (error instanceof ProblemError ? error.problem.code : '')

const COMPARED = [
  'question',
  'variants',
  'short',
  'long',
  'scope',
  'level',
  'evidence',
  'valid_from',
  'valid_until',
  'concepts',
  'state',
] as const

/** What differs between two versions. */
export const changedFields = (now: Content, before: Content) =>
  COMPARED.filter((name) => JSON.stringify(now[name] ?? null) !== JSON.stringify(before[name] ?? null))

/** Where line `line` (from 1) of a text begins and ends. */
export function lineSpan(text: string, line: number): [number, number] {
  const before = text.split('\n').slice(0, line - 1)
  const start = before.reduce((sum, one) => sum + one.length + 1, 0)
  const end = text.indexOf('\n', start)
  return [Math.min(start, text.length), end < 0 ? text.length : end]
}
