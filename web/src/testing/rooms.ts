import type { Schemas } from '../api/client'
import type { Metric, MetricName } from '../format'
import type {
  Alarm,
  Card,
  Comment,
  Delta,
  Minute,
  Product,
  Question,
  RoomView,
  Saying,
  StaleQuote,
  TimelineEntry,
} from '../stream/reduce'
import type { Show } from '../stream/room'

type Quote = Schemas['Quote']
type DemandCard = Schemas['DemandCard']

/** 20:00:00 in Shanghai. */
export const START = Date.UTC(2026, 5, 18, 12, 0, 0)
export const MINUTE = 60_000

export function minute(at: number, known: Partial<Minute> = {}): Minute {
  return {
    at,
    version: 1,
    has_data: true,
    online: 100,
    sources: {},
    views: 0,
    retained_30: 0,
    retained_60: 0,
    retained_300: 0,
    present: 0,
    stayed: 0,
    interactions: 0,
    interactors: 0,
    comments: 0,
    like_taps: 0,
    shares: 0,
    follows: 0,
    gifts: 0,
    exposures: 0,
    exposed_viewers: 0,
    clicks: 0,
    clicking_viewers: 0,
    orders_created: 0,
    orders_paid: 0,
    buyers: 0,
    gmv: 0,
    refunds: 0,
    ...known,
  }
}

export function demandCard(id: number, known: Partial<DemandCard> = {}): DemandCard {
  return {
    id,
    at: START,
    product: 'coat',
    link: null,
    wanted: { kind: 'variant', colour: '红色', size: null },
    state: 'open',
    comments: 6,
    viewers: 6,
    recent: 6,
    per_minute: [...Array(29).fill(0), 6],
    first: START,
    last: START,
    wordings: ['有红色吗'],
    closed_at: null,
    by: null,
    outcome: null,
    ...known,
  }
}

export function comment(sequence: number, known: Partial<Comment> = {}): Comment {
  return { sequence, at: START + sequence, name: `观众${sequence}`, text: `弹幕${sequence}`, ...known }
}

export function question(id: number, known: Partial<Question> = {}): Question {
  return {
    id,
    at: START,
    name: '小鱼',
    text: `问题${id}`,
    intent: 'price',
    asked: 1,
    product: null,
    state: 'open',
    closed_at: null,
    answer: null,
    spoken: false,
    automatic: false,
    by: null,
    ...known,
  }
}

export function card(id: string, known: Partial<Card> = {}): Card {
  return {
    id,
    at: START,
    level: 'yellow',
    text: `提示${id}`,
    by: null,
    acknowledged_at: null,
    version: 1,
    quotes: [],
    stale: null,
    ...known,
  }
}

export function quote(known: Partial<Quote> = {}): Quote {
  return {
    product: 'p-1',
    sku: null,
    field: 'live_price',
    version: 1,
    value: '¥129.00',
    valid_to: null,
    ...known,
  }
}

export function saying(id: string, kind: Saying['kind'], known: Partial<Saying> = {}): Saying {
  return {
    id,
    kind,
    at: START,
    by: null,
    level: null,
    question: null,
    text: `现价 ¥129.00 ${id}`,
    template: `现价 {{live_price #1}} ${id}`,
    version: 1,
    quotes: [quote()],
    state: 'open',
    closed_at: null,
    stale: null,
    ...known,
  }
}

export function staleQuote(id: string, kind: Saying['kind'], known: Partial<StaleQuote> = {}): StaleQuote {
  return { saying: id, kind, quote: quote(), reason: 'changed', version: 2, value: '¥99.00', ...known }
}

export function entry(sequence: number, known: Partial<TimelineEntry> = {}): TimelineEntry {
  return { sequence, at: START + sequence, what: 'marker_placed', subject: null, text: '打点', ...known }
}

/** A device that drops frames, as the rule says it; its playbook has three steps. */
export function alarm(id: string, known: Partial<Alarm> = {}): Alarm {
  const step = (code: string, owner: Alarm['steps'][number]['owner'], minutes: number) => ({
    code,
    owner,
    due_at: START + minutes * MINUTE,
    done_at: null,
    by: null,
  })
  return {
    id,
    rule: 'device',
    severity: 'urgent',
    subject: 'dropped_frames_permille main',
    at: START,
    evidence: { kind: 'bound', value: 90, bound: 30 },
    causes: [],
    steps: [
      step('check_picture_and_sound', 'stream_director', 1),
      step('switch_to_the_spare', 'stream_director', 2),
      step('keep_talking', 'anchor', 1),
    ],
    state: 'raised',
    taken_by: null,
    closed_at: null,
    closed_by: null,
    outcome: null,
    ...known,
  }
}

export function metric(known: Partial<Metric> = {}): Metric {
  return {
    total: null,
    last_10: null,
    before_10: null,
    bounds: null,
    provenance: 'exact',
    provisional: false,
    as_of: START,
    ...known,
  }
}

export function metrics(known: Partial<Record<MetricName, Metric>> = {}): RoomView['metrics'] {
  const names: MetricName[] = [
    'online',
    'interaction_rate',
    'conversion_rate',
    'order_value',
    'gpm',
    'retention',
    'sources',
    'product_click_through',
  ]
  const all = Object.fromEntries(names.map((name) => [name, metric()])) as Record<MetricName, Metric>
  return {
    ...all,
    ...known,
    source_views: [],
    totals: {
      views: 0,
      viewers: 0,
      peak_online: null,
      watch_ms: 0,
      retained_30: 0,
      retained_60: 0,
      retained_300: 0,
      interactors: 0,
      comments: 0,
      exposures: 0,
      exposed_viewers: 0,
      clicks: 0,
      clicking_viewers: 0,
      orders_created: 0,
      orders_paid: 0,
      buyers: 0,
      gmv: 0,
      refunds: 0,
    },
  }
}

export function product(id: string, known: Partial<Product> = {}): Product {
  return {
    product: id,
    exposures: 0,
    exposed_viewers: 0,
    clicks: 0,
    clicking_viewers: 0,
    orders_created: 0,
    orders_paid: 0,
    buyers: 0,
    gmv: 0,
    refunds: 0,
    ...known,
  }
}

export function roomView(known: Partial<RoomView> = {}): RoomView {
  return {
    sequence: 10,
    clock: START,
    metrics: metrics(),
    minutes: [],
    products: [],
    stage: null,
    comments: [],
    questions: [],
    answering: {
      asked: 0,
      answered: 0,
      automatic: 0,
      in_time: 0,
      missed: 0,
      open: 0,
      solved: 0,
      unsolved: 0,
    },
    prompter: [],
    sayings: [],
    stale: [],
    facts_told: 0,
    alarms: [],
    demands: [],
    watches: [],
    timeline: [],
    ...known,
  }
}

export function delta(from: number, sequence: number, known: Partial<Delta> = {}): Delta {
  return {
    ...roomView(),
    alarms: null,
    sayings: null,
    from,
    sequence,
    comments_left_out: 0,
    questions_gone: [],
    cards_gone: [],
    ...known,
  }
}

export function show(known: Partial<Show> = {}): Show {
  return {
    id: 'show-1',
    title: '周三日常',
    kind: 'daily',
    mode: 'live',
    status: 'on_air',
    synthetic: false,
    room: { id: 'room-1', name: '主直播间' },
    created_at: START,
    ...known,
  }
}
