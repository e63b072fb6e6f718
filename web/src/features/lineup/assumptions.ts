import type { Schemas } from '../../api/client'
import type { Role, Wishes } from './wishes'

export type Basis = Schemas['PlanBasis']
/** As the client gives it, which knows a pair of the schema only as a list; nobody here asks for the window. */
type Planned = Omit<Schemas['PlannedProduct'], 'window'>
type Assumed = Omit<Schemas['AssumedPlan'], 'plan'> & { plan: { audience: number[]; products: Planned[] } }
export type Proposed = Omit<Schemas['ProposedLineup'], 'assumed'> & { assumed: Assumed }

/** What the server takes where nothing is said, and what it rests on. */
export interface Assumption<Value> {
  value: Value
  basis: Basis
}

interface OfProduct {
  role?: Assumption<Role>
  minutes?: Assumption<number>
  orders_per_viewer?: Assumption<number>
  margin?: Assumption<number>
}

export interface Assumptions {
  minutes?: Assumption<number>
  products: Map<string, OfProduct>
}

/**
 * What an answer tells of the assumptions. Where something was said the answer has only that, so what was known before
 * stays: it is what holds again when the field is emptied.
 */
export function learn(known: Assumptions, wishes: Wishes, { assumed }: Proposed): Assumptions {
  const bases = new Map(assumed.products.map((one) => [one.product, one]))
  const pick = <Value>(value: Value | undefined, basis: Basis | undefined, before?: Assumption<Value>) =>
    value === undefined || basis === undefined || basis.from === 'said' ? before : { value, basis }
  const products = assumed.plan.products.map((plan): [string, OfProduct] => {
    const [basis, before] = [bases.get(plan.id), known.products.get(plan.id)]
    return [
      plan.id,
      {
        role: pick(plan.role, basis?.role, before?.role),
        minutes: pick(plan.minutes, basis?.minutes, before?.minutes),
        orders_per_viewer: pick(plan.orders_per_viewer, basis?.orders_per_viewer, before?.orders_per_viewer),
        margin: pick(plan.margin, basis?.margin, before?.margin),
      },
    ]
  })
  return {
    minutes:
      wishes.minutes === null
        ? { value: assumed.plan.audience.length, basis: { from: 'assumed' } }
        : known.minutes,
    products: new Map([...known.products, ...products]),
  }
}
