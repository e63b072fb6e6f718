import { describe, expect, test } from 'vitest'
import {
  alarm,
  card,
  comment,
  delta,
  entry,
  MINUTE,
  minute,
  product,
  question,
  roomView,
  START,
  saying,
  staleQuote,
} from '../testing/rooms'
import {
  ACKNOWLEDGED_KEPT,
  CLOSED_QUESTIONS_KEPT,
  COMMENTS_KEPT,
  MINUTES_KEPT,
  type RoomView,
  reduce,
  stagedIntervals,
  TIMELINE_KEPT,
} from './reduce'

function fold(view: RoomView, ...deltas: Parameters<typeof reduce>[1][]): RoomView {
  return deltas.reduce((now, change) => {
    const next = reduce(now, change)
    if (!next) throw new Error('the delta does not fit')
    return next
  }, view)
}

describe('a delta', () => {
  test('that continues the view is taken over, and nothing of the frame itself stays behind', () => {
    const begun = roomView({ sequence: 10 })
    const now = fold(begun, delta(10, 14, { clock: START + 5_000, stage: { product: 'p-1', since: START } }))
    expect(now.sequence).toBe(14)
    expect(now.clock).toBe(START + 5_000)
    expect(now.stage).toEqual({ product: 'p-1', since: START })
    expect(Object.keys(now).sort()).toEqual(Object.keys(begun).sort())
  })

  test('that leaves out what came before, or comes twice, does not fit', () => {
    const view = roomView({ sequence: 10 })
    expect(reduce(view, delta(11, 12))).toBeNull()
    expect(reduce(view, delta(9, 12))).toBeNull()
  })

  test('changes neither the view nor the lists that it was made from', () => {
    const view = roomView({ comments: [comment(1)], questions: [question(1)] })
    const before = structuredClone(view)
    fold(view, delta(10, 11, { comments: [comment(2)], questions: [question(1, { state: 'answered' })] }))
    expect(view).toEqual(before)
  })

  test('brings the products whose figures changed, and leaves the others', () => {
    const view = roomView({ products: [product('p-1', { clicks: 1 }), product('p-2', { clicks: 2 })] })
    const now = fold(view, delta(10, 11, { products: [product('p-2', { clicks: 3 }), product('p-3')] }))
    expect(now.products.map((one) => [one.product, one.clicks])).toEqual([
      ['p-1', 1],
      ['p-2', 3],
      ['p-3', 0],
    ])
  })

  test('without news leaves every list the same object, so that nothing is drawn again', () => {
    const view = roomView({ comments: [comment(1)], questions: [question(1)], timeline: [entry(1)] })
    const now = fold(view, delta(10, 11))
    for (const list of [
      'comments',
      'questions',
      'timeline',
      'minutes',
      'prompter',
      'products',
      'sayings',
      'stale',
    ] as const)
      expect(now[list]).toBe(view[list])
  })
})

describe('what is said', () => {
  test('changes as a whole, and a card that was taken back is gone', () => {
    const view = roomView({ prompter: [card('a'), card('b')], sayings: [saying('r', 'reply')] })
    const stale = [staleQuote('r', 'reply')]
    const sayings = [saying('r', 'reply', { stale: 'changed' })]
    const now = fold(view, delta(10, 11, { cards_gone: ['a'], sayings, stale }))
    expect(now.prompter.map((one) => one.id)).toEqual(['b'])
    expect(now.sayings).toEqual(sayings)
    expect(now.stale).toEqual(stale)
    expect(fold(now, delta(11, 12)).stale).toEqual([])
  })
})

describe('comments', () => {
  test('come behind the ones that are there, and only the last two hundred stay', () => {
    const first = Array.from({ length: COMMENTS_KEPT - 1 }, (_, i) => comment(i))
    const now = fold(
      roomView({ comments: first }),
      delta(10, 11, { comments: [comment(900), comment(901), comment(902)] }),
    )
    expect(now.comments).toHaveLength(COMMENTS_KEPT)
    expect(now.comments[0]?.sequence).toBe(2)
    expect(now.comments.slice(-2).map((one) => one.sequence)).toEqual([901, 902])
  })

  test('do not pile up over a show of six hours', () => {
    let view = roomView({ sequence: 0 })
    for (let frame = 0; frame < 500; frame += 1)
      view = fold(
        view,
        delta(frame, frame + 1, {
          comments: Array.from({ length: 100 }, (_, i) => comment(frame * 100 + i)),
        }),
      )
    expect(view.comments).toHaveLength(COMMENTS_KEPT)
    expect(view.comments.at(-1)?.sequence).toBe(49_999)
  })
})

describe('questions', () => {
  test('are replaced by id, the open ones oldest first, then the closed ones newest first', () => {
    const view = roomView({ questions: [question(3), question(5), question(7)] })
    const now = fold(
      view,
      delta(10, 11, {
        questions: [
          question(5, { state: 'answered', closed_at: START + 2 }),
          question(4, { asked: 2 }),
          question(3, { state: 'missed', closed_at: START + 9 }),
        ],
      }),
    )
    expect(now.questions.map((one) => [one.id, one.state])).toEqual([
      [4, 'open'],
      [7, 'open'],
      [3, 'missed'],
      [5, 'answered'],
    ])
  })

  test('that were closed while nobody followed, and are shown no more, are not left standing open', () => {
    const view = roomView({ questions: [question(1), question(2)] })
    expect(fold(view, delta(10, 11, { questions_gone: [1] })).questions.map((one) => one.id)).toEqual([2])
  })

  test('that were closed long ago are let go, those that are open never', () => {
    const open = Array.from({ length: 80 }, (_, i) => question(i))
    const closed = Array.from({ length: 90 }, (_, i) =>
      question(1_000 + i, { state: 'answered', closed_at: START + i }),
    )
    const now = fold(roomView({ questions: open }), delta(10, 11, { questions: closed }))
    expect(now.questions.filter((one) => one.state === 'open')).toHaveLength(80)
    const rest = now.questions.filter((one) => one.state !== 'open')
    expect(rest).toHaveLength(CLOSED_QUESTIONS_KEPT)
    expect(rest[0]?.id).toBe(1_089)
  })
})

describe('prompter cards', () => {
  test('move behind the waiting ones when the host has seen them', () => {
    const view = roomView({ prompter: [card('a'), card('b')] })
    const now = fold(view, delta(10, 11, { prompter: [card('a', { acknowledged_at: START + 1 })] }))
    expect(now.prompter.map((one) => one.id)).toEqual(['b', 'a'])
  })

  test('that were seen are kept up to twenty', () => {
    const seen = Array.from({ length: 30 }, (_, i) => card(`c${i}`, { acknowledged_at: START + i }))
    const now = fold(roomView({ prompter: [card('w')] }), delta(10, 11, { prompter: seen }))
    expect(now.prompter).toHaveLength(1 + ACKNOWLEDGED_KEPT)
    expect(now.prompter[1]?.id).toBe('c29')
  })
})

describe('minutes', () => {
  test('are restated in place', () => {
    const view = roomView({ minutes: [minute(START), minute(START + MINUTE)] })
    const now = fold(view, delta(10, 11, { minutes: [minute(START, { version: 2, gmv: 9_900 })] }))
    expect(now.minutes.map((one) => [one.at, one.gmv])).toEqual([
      [START, 9_900],
      [START + MINUTE, 0],
    ])
  })

  test('in which nothing came appear as gaps, as they would in a snapshot', () => {
    const view = roomView({ minutes: [minute(START)] })
    const now = fold(view, delta(10, 11, { minutes: [minute(START + 3 * MINUTE)] }))
    expect(now.minutes.map((one) => one.has_data)).toEqual([true, false, false, true])
    expect(now.minutes[1]).toMatchObject({ at: START + MINUTE, online: null, comments: 0 })
  })

  test('begin with the first that has data, also when it was heard of late', () => {
    const none = roomView({ minutes: [] })
    expect(fold(none, delta(10, 11, { minutes: [minute(START, { has_data: false })] })).minutes).toEqual([])
    const late = fold(
      roomView({ minutes: [minute(START)] }),
      delta(10, 11, { minutes: [minute(START - 2 * MINUTE)] }),
    )
    expect(late.minutes.map((one) => one.at)).toEqual([START - 2 * MINUTE, START - MINUTE, START])
  })

  test('of a broken clock fill no memory', () => {
    const far = START + 10 * 365 * 24 * 60 * MINUTE
    const now = fold(roomView({ minutes: [minute(START)] }), delta(10, 11, { minutes: [minute(far)] }))
    expect(now.minutes).toHaveLength(MINUTES_KEPT)
    expect(now.minutes.at(-1)?.at).toBe(far)
  })
})

describe('alarms', () => {
  test('come whole when any of them changed, in the order of the server', () => {
    const view = roomView({ alarms: [alarm('a'), alarm('b')] })
    const now = fold(view, delta(10, 11, { alarms: [alarm('b'), alarm('a', { state: 'resolved' })] }))
    expect(now.alarms.map((one) => [one.id, one.state])).toEqual([
      ['b', 'raised'],
      ['a', 'resolved'],
    ])
    expect(fold(now, delta(11, 12, { alarms: [] })).alarms).toEqual([])
  })

  test('of which the frame says nothing stay as they are, the same objects', () => {
    const view = roomView({ alarms: [alarm('a')] })
    expect(fold(view, delta(10, 11)).alarms).toBe(view.alarms)
    expect(fold(view, delta(10, 11, { alarms: undefined })).alarms).toBe(view.alarms)
  })
})

describe('watches', () => {
  test('come whole with every frame', () => {
    const view = roomView({ watches: [{ series: 'retention', state: 'learning' }] })
    const watches = [{ series: 'retention' as const, state: 'watching' as const, visible_permille: 120 }]
    expect(fold(view, delta(10, 11, { watches })).watches).toEqual(watches)
  })
})

describe('the timeline', () => {
  test('takes in what rules did and what the crew changed like everything else', () => {
    const news = [
      entry(11, { what: 'alarm_raised', subject: 'device main 7' }),
      entry(12, { what: 'adjustment_made', subject: 'pace', product: 'p-1' }),
    ]
    const now = fold(roomView({ timeline: [entry(1)] }), delta(10, 12, { timeline: news }))
    expect(now.timeline.map((one) => one.what)).toEqual(['marker_placed', 'alarm_raised', 'adjustment_made'])
  })

  test('keeps its last two thousand entries', () => {
    const long = Array.from({ length: TIMELINE_KEPT }, (_, i) => entry(i))
    const now = fold(roomView({ timeline: long }), delta(10, 11, { timeline: [entry(9_999)] }))
    expect(now.timeline).toHaveLength(TIMELINE_KEPT)
    expect(now.timeline.at(-1)?.sequence).toBe(9_999)
  })

  test('tells from when to when each item was on stage', () => {
    const staged = (at: number, subject: string | null) =>
      entry(at, { at: START + at, what: 'item_staged', subject })
    const timeline = [staged(1, 'p-1'), entry(2), staged(3, 'p-2'), staged(5, null), staged(8, 'p-1')]
    expect(stagedIntervals(timeline, START + 10)).toEqual([
      { product: 'p-1', from: START + 1, to: START + 3 },
      { product: 'p-2', from: START + 3, to: START + 5 },
      { product: 'p-1', from: START + 8, to: START + 10 },
    ])
  })
})
