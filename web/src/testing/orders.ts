import type { Schemas } from '../api/client'

/** 2026-06-18 20:00 in Shanghai. */
export const BOUGHT = Date.UTC(2026, 5, 18, 12, 0, 0)

export function order(number: string, known: Partial<Schemas['Order']> = {}): Schemas['Order'] {
  return {
    id: `douyin:${number}`,
    platform: 'douyin',
    number,
    state: 'paid',
    state_at: BOUGHT + 20_000,
    bought_at: BOUGHT,
    taken_at: BOUGHT + 1_000,
    paid_at: BOUGHT + 20_000,
    paid_fen: 19_800,
    refunded_fen: 0,
    lines: [{ id: null, sku: 'tee-M', quantity: 2, paid_fen: 19_800 }],
    attention: [],
    synthetic: false,
    show: 'show-1',
    customer: 'c-1',
    ...known,
  } as Schemas['Order']
}

export function promised(number: string, known: Partial<Schemas['OrderWithPromise']> = {}) {
  const fact = (field: string, version: number, value: unknown) => ({
    product: 'tee',
    sku: null,
    field,
    version,
    value,
  })
  return {
    ...order(number),
    notices: [
      { id: 'm-1', source: 'shop', state: 'created', took: 'opened', received_at: BOUGHT + 1_000 },
      { id: 'm-2', source: 'shop', state: 'paid', took: 'moved', received_at: BOUGHT + 21_000 },
    ],
    fulfilment: { node: 'to_print', held: false, holds: [], checked: true, corrected: [] },
    promise: {
      at: BOUGHT,
      show: 'show-1',
      staged: 'tee',
      said: [
        {
          at: BOUGHT - 9_000,
          kind: 'card',
          text: '今天 99 元送棉袜',
          quotes: [{ product: 'tee', sku: null, field: 'live_price', version: 3 }],
        },
      ],
      lines: [
        {
          sku: 'tee-M',
          product: 'tee',
          facts: [
            fact('live_price', 3, 9_900),
            fact('gifts', 2, [{ name: '棉袜', quantity: 2 }]),
            fact('guarantees', 1, ['7天无理由', '运费险']),
          ],
        },
      ],
    },
    ...known,
  } as unknown as Schemas['OrderWithPromise']
}

export function reservation(
  of: string,
  status: Schemas['ReservationStatus'],
  parts: [string, number][],
  known: Partial<Schemas['ReservationMade']> = {},
): Schemas['ReservationMade'] {
  const lines = parts.map(([sku, quantity]) => ({ sku, quantity }))
  return {
    order: of,
    status,
    lines,
    parts: lines,
    paid: status === 'paid' || status === 'picked',
    taking: 'on_order',
    when_short: 'wait',
    hold_ms: 900_000,
    made_at: BOUGHT,
    changed_at: BOUGHT,
    expires_at: status === 'held' ? BOUGHT + 900_000 : null,
    again: true,
    ahead: null,
    ...known,
  }
}
