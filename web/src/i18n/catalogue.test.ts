import { describe, expect, test } from 'vitest'
import { en } from './en'
import { currentLanguage, setLanguage } from './index'
import { zhCN } from './zh-CN'

type Tree = { [key: string]: string | Tree }

function leaves(tree: Tree, prefix = ''): Map<string, string> {
  const all = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(prefix + key, value)
    else for (const [path, text] of leaves(value, `${prefix}${key}.`)) all.set(path, text)
  }
  return all
}

const chinese = leaves(zhCN)
const english = leaves(en)
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()

const sources = import.meta.glob<string>(['../**/*.vue', '../**/*.ts', '!../**/*.test.ts', '!../i18n/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
})
const code = Object.values(sources).join('\n')
/** Keys that are written out, as in t('app.name'). */
const literal = [...code.matchAll(/['"`]([a-z]\w*(?:\.\w+)+)['"`]/gi)].flatMap((match) => match[1] ?? [])
const called = [...code.matchAll(/\bt\(\s*['"`]([\w.]+)['"`]/g)].flatMap((match) => match[1] ?? [])
/** Groups from which a key is put together, as in t(`levels.${level}`). */
const groups = [...code.matchAll(/`(\w+(?:\.\w+)*)\.\$\{/g)].flatMap((match) => match[1] ?? [])

describe('the catalogues', () => {
  test('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  test('have the same placeholders in every message', () => {
    for (const [key, text] of chinese)
      expect([key, placeholders(english.get(key) ?? '')]).toEqual([key, placeholders(text)])
  })

  test('leave no message empty, and none untranslated', () => {
    for (const [key, text] of [...chinese, ...english]) expect([key, text.trim()]).not.toEqual([key, ''])
    const foreign = [...english].filter(
      ([key, text]) => /\p{Script=Han}/u.test(text) && key !== 'app.language',
    )
    expect(foreign).toEqual([])
    // Of the Chinese ones only the button to the other language is all in Latin letters.
    const latin = [...chinese].filter(([, text]) => !/\p{Script=Han}/u.test(text)).map(([key]) => key)
    expect(latin).toEqual(['app.language'])
  })
})

describe('the code', () => {
  test('is found', () => {
    expect(Object.keys(sources).length).toBeGreaterThan(30)
    expect(called.length).toBeGreaterThan(80)
    expect(groups.length).toBeGreaterThan(10)
  })

  test('asks only for messages that exist', () => {
    expect(called.filter((key) => !chinese.has(key))).toEqual([])
    const roots = new Set([...chinese.keys()].map((key) => key.split('.')[0]))
    const unknown = groups.filter(
      (group) =>
        roots.has(group.split('.')[0]) && ![...chinese.keys()].some((key) => key.startsWith(`${group}.`)),
    )
    expect(unknown).toEqual([])
  })

  test('uses every message', () => {
    const used = new Set(literal)
    const unused = [...chinese.keys()].filter(
      (key) => !used.has(key) && !groups.includes(key.slice(0, key.lastIndexOf('.'))),
    )
    expect(unused).toEqual([])
  })

  test('has no words of its own in a template', () => {
    const templates = Object.entries(sources).map(([file, text]) => [
      file,
      text.match(/<template>[\s\S]*<\/template>/)?.[0] ?? '',
    ])
    const withWords = templates.filter(([, text]) =>
      /\p{Script=Han}/u.test((text ?? '').replace(/<!--[\s\S]*?-->/g, '')),
    )
    expect(withWords.map(([file]) => file)).toEqual([])
  })
})

/** One value of an enum: by itself, or with what belongs to it. */
interface Told {
  enum?: string[]
  properties?: { from: { enum: string[] } }
}

describe('what the server may send', () => {
  const document = import.meta.glob<string>('../../openapi.json', {
    query: '?raw',
    import: 'default',
    eager: true,
  })
  const schemas = JSON.parse(Object.values(document)[0] ?? '{}').components.schemas

  test.each([
    ['Hat', 'hats'],
    ['CardLevel', 'levels'],
    ['Provenance', 'metrics.provenance'],
    ['Provenance', 'metrics.provenances'],
    ['Quality', 'quality'],
    ['ScreenKind', 'links.kinds'],
    ['TimelineKind', 'timeline'],
    ['Severity', 'alarms.severities'],
    ['Change', 'effects.changes'],
    ['Measure', 'effects.measures'],
    ['WatchState', 'metrics.watch'],
    ['WishKind', 'demand.kinds'],
    ['DemandState', 'demand.states'],
    ['PlaceReason', 'lineup.reasons'],
    ['ProductRole', 'lineup.roles'],
    ['PlanBasis', 'lineup.bases'],
    ['PlanBasis', 'lineup.basisHints'],
    ['SayingKind', 'quotes.kinds'],
    ['SayingState', 'quotes.states'],
    ['StaleReason', 'quotes.reasons'],
    ['ClaimKind', 'ledger.kinds'],
    ['ClaimScope', 'ledger.scopes'],
    ['ClaimVerdict', 'ledger.verdicts'],
    ['LedgerKind', 'ledger.entryKinds'],
    ['ReferenceRule', 'ledger.rules'],
    ['MovementKind', 'stock.kinds'],
    ['MovementReason', 'stock.reasons'],
    ['StockReporter', 'stock.reporters'],
    ['StockDuty', 'stock.duties'],
    ['OrderState', 'orders.states'],
    ['OrderState', 'orders.moments'],
    ['OrderAttention', 'orders.attentions'],
    ['OrderAttention', 'orders.attentionHints'],
    ['OrderTook', 'orders.took'],
    ['ReservationStatus', 'holds.statuses'],
    ['FindingKind', 'verification.kinds'],
    ['FindingDisposition', 'verification.dispositions'],
    ['OrderDecision', 'verification.decisions'],
    ['TicketKind', 'tickets.kinds'],
    ['TicketState', 'tickets.states'],
    ['TicketState', 'tickets.handle.to'],
    ['TicketPriority', 'tickets.priorities'],
    ['TicketSource', 'tickets.sources'],
    ['TicketMood', 'tickets.moods'],
    ['TicketCause', 'tickets.causes'],
    ['TicketLate', 'tickets.clocks'],
    ['TicketAnswerRoute', 'tickets.routes'],
    ['CompensationSignature', 'tickets.compensation.signatures'],
    ['InterceptAim', 'intercepts.aims'],
    ['InterceptAim', 'warehouse.aims'],
    ['InterceptAim', 'warehouse.confirms'],
    ['InterceptState', 'intercepts.states'],
    ['InterceptRoad', 'intercepts.roads'],
    ['InterceptDone', 'intercepts.dones'],
    ['FulfilmentNode', 'fulfilment.nodes'],
    ['HoldKind', 'fulfilment.kinds'],
    ['HoldReason', 'fulfilment.reasons'],
    ['FaqLevel', 'faq.levels'],
    ['FaqLevel', 'faq.levelHints'],
    ['FaqState', 'faq.states'],
    ['FaqScopeOf', 'faq.scopes'],
    ['FaqAilment', 'faq.ailments'],
    ['Level', 'wording.levels'],
    ['Place', 'wording.places'],
    ['Goods', 'wording.goods'],
  ])('as %s has a word in both languages', (schema, group) => {
    // An enum whose values are described apart is a list of constants.
    const { enum: plain, oneOf } = schemas[schema] as { enum?: string[]; oneOf?: Told[] }
    const values = plain ?? oneOf?.flatMap((one) => one.enum ?? one.properties?.from.enum ?? []) ?? []
    expect(values.length).toBeGreaterThan(1)
    for (const value of values) {
      expect([...chinese.keys()]).toContain(`${group}.${value}`)
      expect([...english.keys()]).toContain(`${group}.${value}`)
    }
  })

  // Rules, steps and signals are plain text in the API; the source of the rules is where they are listed.
  const rules = import.meta.glob<string>('../../../crates/live/src/alarms/rules.rs', {
    query: '?raw',
    import: 'default',
    eager: true,
  })
  const kinds = import.meta.glob<string>('../../../crates/live/src/event/mod.rs', {
    query: '?raw',
    import: 'default',
    eager: true,
  })
  const fields = import.meta.glob<string>('../../../crates/live/src/sayings/shown.rs', {
    query: '?raw',
    import: 'default',
    eager: true,
  })
  const codes = (files: Record<string, string>, pattern: RegExp) =>
    [...Object.values(files).join('').matchAll(pattern)].flatMap((match) => match[1] ?? [])

  test.each([
    ['a rule', 'alarms.rules', codes(rules, /Rule \{ code: "(\w+)"/g)],
    ['a step of a playbook', 'alarms.steps', codes(rules, /\bstep\("(\w+)"/g)],
    ['a signal', 'alarms.signals', codes(rules, /signal: "(\w+)"/g)],
    ['a field that can be quoted', 'quotes.fields', codes(fields, /^ {4}\("(\w+)", /gm)],
    ['a type of event', 'minute.types', codes(kinds, /\(Kind::\w+, "(?:crew\.|rule\.)?(\w+)"\)/g)],
  ])('as %s has a word in both languages', (_, group, found) => {
    expect(found.length).toBeGreaterThan(5)
    for (const code of found) {
      expect([...chinese.keys()]).toContain(`${group}.${code}`)
      expect([...english.keys()]).toContain(`${group}.${code}`)
    }
  })

  test('as a status, a kind or a mode of a show has a word', () => {
    const words = [
      ...['planned', 'on_air', 'ended'].map((one) => `shows.statuses.${one}`),
      ...['promotion', 'launch', 'daily', 'brand', 'clearance', 'festival'].map(
        (one) => `shows.kinds.${one}`,
      ),
      ...['live', 'recording', 'replay'].map((one) => `shows.modes.${one}`),
      ...['raised', 'taken', 'escalated', 'resolved'].map((one) => `alarms.states.${one}`),
      ...['follow', 'feed', 'paid', 'video', 'search', 'square', 'other'].map((one) => `sources.${one}`),
    ]
    expect(words.filter((key) => !chinese.has(key))).toEqual([])
  })
})

test('the language that was chosen is remembered and told to the browser', () => {
  setLanguage('en')
  expect(currentLanguage()).toBe('en')
  expect(document.documentElement.lang).toBe('en')
  expect(localStorage.getItem('livehand.language')).toBe('en')
  setLanguage('zh-CN')
  expect(document.documentElement.lang).toBe('zh-CN')
})
