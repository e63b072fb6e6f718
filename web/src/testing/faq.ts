import type { Content, Entry, LinesDone } from '../features/faq/faq'

const AT = Date.UTC(2026, 5, 17, 12, 0, 0)

export const content = (question: string, known: Partial<Content> = {}): Content => ({
  question,
  variants: [question, '多久发'],
  short: '{宝宝/家人}，{{ship_by}}发出',
  long: '',
  slots: ['ship_by'],
  scope: { of: 'all', ids: [] },
  level: 'A',
  evidence: '发货规则',
  concepts: ['发货时效'],
  state: 'active',
  valid_from: null,
  valid_until: null,
  ...known,
})

/** An entry of the FAQ library. */
export const entry = (id: string, question: string, known: Partial<Content> = {}, version = 2): Entry => ({
  id,
  version,
  owner: { id: 'person-2', name: '小林' },
  by: { id: 'person-2', name: '小林' },
  at: AT,
  created_at: AT,
  use: { hit: 20, sent: 10, edited: 6, solved: 3, last_hit_at: AT },
  content: content(question, known),
})

/** What three lines would do: two are added, one is wrong. */
export const plan = (known: Partial<LinesDone> = {}): LinesDone => ({
  applied: false,
  digest: 'd1',
  lines: 3,
  added: 2,
  changed: 0,
  same: 0,
  left_out: [2],
  faults: [
    {
      line: 2,
      column: null,
      field: 'short',
      expected: { zh: '已有的变量：price', en: 'a known slot: price' },
      found: { zh: '{{prise}}', en: '{{prise}}' },
    },
  ],
  additions: [
    { line: 1, id: null, content: content('发货') },
    { line: 3, id: null, content: content('尺码') },
  ],
  changes: [],
  ...known,
})
