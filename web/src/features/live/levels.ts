import type { Schemas } from '../../api/client'

/** Each level has a shape, so that colour is never alone. */
export const LEVELS: Record<Schemas['CardLevel'], string> = { red: '■', yellow: '▲', green: '●' }

const ORDER: Schemas['CardLevel'][] = ['red', 'yellow', 'green']

/** What the host should see first: the most urgent, then the oldest. */
export function waitingCues(cards: Schemas['Card'][]): Schemas['Card'][] {
  return cards
    .filter((card) => card.acknowledged_at == null)
    .sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level) || a.at - b.at)
}

/** The level above or below, without end. */
export function stepLevel(level: Schemas['CardLevel'], by: 1 | -1): Schemas['CardLevel'] {
  return ORDER[(ORDER.indexOf(level) + by + ORDER.length) % ORDER.length] ?? level
}
