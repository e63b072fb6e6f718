import type { Schemas } from '../api/client'
import { BOUGHT, order } from './orders'

/** An order of the queue, of which the county was missing. */
export function check(number: string, known: Partial<Schemas['OrderCard']> = {}): Schemas['OrderCard'] {
  return {
    order: order(number),
    check: 'waiting',
    checked_at: BOUGHT + 5_000,
    cut_off: BOUGHT + 3_600_000,
    findings: [
      {
        kind: 'address',
        code: 'missing_county_inferable',
        text: '缺区县，可由街道推出',
        line: null,
        found: null,
        expected: null,
        fix: { of: 'recipient' },
        comment: null,
        disposition: 'person',
      },
    ],
    sure: true,
    sampled: false,
    node: 'to_print',
    recipient: { name: '欧**', phone: '138****8765', region: '浙江省杭州市***' },
    difference: [
      { part: 'county', written: null, read: '余杭区' },
      { part: 'city', written: '抗州', read: '杭州市' },
    ],
    corrected: [],
    decisions: [],
    ...known,
  } as Schemas['OrderCard']
}
