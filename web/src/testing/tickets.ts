import type { Schemas } from '../api/client'
import { order } from './orders'

/** 2026-06-18 20:10 in Shanghai. */
export const OPENED = Date.UTC(2026, 5, 18, 12, 10, 0)

export function ticket(number: number, known: Partial<Schemas['Ticket']> = {}): Schemas['Ticket'] {
  return {
    id: `t-${number}`,
    number,
    kind: 'spec_change',
    source: 'chat',
    priority: 'urgent',
    mood: 'calm',
    state: 'new',
    open: true,
    waits: null,
    post: 'customer_service',
    owner: null,
    show: 'show-1',
    product: null,
    order: 'douyin:6901',
    customer: 'c-1',
    viewer: 'u-1',
    nickname: '小**',
    text: '拍错规格了',
    cause: null,
    feedback: '',
    opened_at: OPENED,
    first_due: OPENED + 300_000,
    first_at: null,
    due: OPENED + 86_400_000,
    resolved_at: null,
    closed_at: null,
    clock: 'first_answer',
    next_due: OPENED + 300_000,
    late: false,
    raised: false,
    reopened: 0,
    satisfaction_asked_at: null,
    score: null,
    compensated_fen: 0,
    synthetic: false,
    ...known,
  } as Schemas['Ticket']
}

export function detailed(
  number: number,
  known: Partial<Schemas['TicketWithRecord']> = {},
): Schemas['TicketWithRecord'] {
  return {
    ...ticket(number),
    record: [
      {
        place: 1,
        at: OPENED,
        person: null,
        name: '小**',
        what: 'opened',
        words: '拍错规格了',
        detail: {},
        event: 'show-1#88',
      },
    ],
    compensations: [],
    orders: [{ ...order('6901'), chosen: true }],
    recipient: { name: '欧**', phone: '138****8765', region: '浙江省杭州市余杭区***' },
    ways: ['triaged', 'escalated_legal', 'escalated_quality'],
    ...known,
  } as Schemas['TicketWithRecord']
}

export function intercept(of: string, known: Partial<Schemas['Intercept']> = {}): Schemas['Intercept'] {
  return {
    id: `i-${of}`,
    order: `douyin:${of}`,
    ticket: 't-2',
    aim: 'stop',
    state: 'asked',
    running: true,
    road: 'stop_parcel',
    guide: '把包裹取出来，扫描或输入订单号确认',
    fee_fen: 0,
    chance_percent: null,
    with_warehouse: true,
    node_then: 'printed',
    node: 'printed',
    requested_at: OPENED,
    confirmed_at: null,
    due: OPENED + 600_000,
    late: false,
    steps: [{ done: 'requested', road: 'stop_parcel', at: OPENED, by: 'p-2', name: '客服小陈', words: '' }],
    lines: [{ sku: 'tee-M', name: '纯棉短袖T恤', quantity: 1 }],
    paid_fen: 9_900,
    refund_fen: null,
    changed: [],
    recipient: null,
    spec: null,
    ...known,
  } as Schemas['Intercept']
}
