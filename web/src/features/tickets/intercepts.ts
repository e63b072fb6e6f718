import type { Schemas } from '../../api/client'

export type Intercept = Schemas['Intercept']

export const INTERCEPT_STATES = [
  'asked',
  'stopped',
  'refunded',
  'restocked',
  'changed',
  'told',
  'failed',
  'withdrawn',
] as const satisfies readonly Schemas['InterceptState'][]

/** What may be done next, and by which permission. */
export type NextStep = 'confirm' | 'receipt' | 'refund' | 'restock' | 'tell' | null

/** What is to be done next for a request; nothing once it is over. */
export function nextStep(it: Pick<Intercept, 'state' | 'with_warehouse' | 'steps'>): NextStep {
  switch (it.state) {
    case 'asked':
      return it.with_warehouse ? 'confirm' : 'receipt'
    case 'stopped':
      return 'refund'
    case 'refunded':
      return 'restock'
    case 'restocked':
    case 'changed':
      return 'tell'
    case 'failed':
      return it.steps.some((step) => step.done === 'told') ? null : 'tell'
    default:
      return null
  }
}

/** The number of an order as it stands on a parcel, without its platform. */
export const numberOf = (order: string) => order.slice(order.indexOf(':') + 1)

/** The task whose parcel was scanned: by the number of its order, with or without its platform. */
export function scannedTask<T extends Pick<Intercept, 'order'>>(tasks: T[], scanned: string): T | undefined {
  const typed = scanned.trim()
  return typed === ''
    ? undefined
    : tasks.find((task) => task.order === typed || numberOf(task.order) === typed)
}
