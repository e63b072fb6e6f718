import type { Alarm } from '../../../stream/reduce'

/** Each severity has a shape, so that colour is never alone. */
export const SHAPES: Record<Alarm['severity'], string> = { urgent: '■', warning: '▲', notice: '●' }

export const isOpen = (alarm: Alarm) => alarm.state !== 'resolved'

/** The rule that an alarm's id begins with. */
export const ruleOf = (alarm: string) => alarm.split(' ', 1)[0] ?? alarm
