import { useQueryClient } from '@tanstack/vue-query'
import { ref, shallowRef } from 'vue'
import { answer, api } from '../../api/client'
import type { Item } from '../live/lineup'
import type { Proposed } from './assumptions'

const idsOf = (items: Item[]) => items.map((item) => item.product.id)

/** The products of a line-up in a wished order. None is lost and none comes back: what the wish leaves out follows it. */
export function arranged(items: Item[], wished: string[]): string[] {
  const present = idsOf(items)
  const first = wished.filter((id) => present.includes(id))
  return [...first, ...present.filter((id) => !first.includes(id))]
}

/** The order that a proposal gives to the whole line-up: what was shown keeps its place before what is to come. */
export function proposedOrder(items: Item[], { shown, ordered }: Proposed): string[] {
  const before = idsOf(items).filter((id) => shown.includes(id))
  return arranged(items, [...before, ...ordered.rows.map((row) => row.product)])
}

/**
 * Products that a proposal has no place for. The server does not name one whose locked minute has passed, which is why
 * they are looked for.
 */
export function withoutPlace(items: Item[], { shown, ordered }: Proposed): string[] {
  const placed = new Set([...shown, ...ordered.broken, ...ordered.rows.map((row) => row.product)])
  return idsOf(items).filter((id) => !placed.has(id))
}

/** Gives the line-up of a show an order, and its earlier one back. */
export function useArrangement(show: string) {
  const queries = useQueryClient()
  const params = { path: { show } }
  const earlier = shallowRef<string[] | null>(null)
  const done = ref<'used' | 'undone' | null>(null)
  const pending = ref(false)
  const failure = shallowRef<unknown>(null)

  async function change(what: 'used' | 'undone', order: (items: Item[]) => string[]) {
    if (pending.value) return
    pending.value = true
    failure.value = null
    try {
      // Somebody may have added a product in the meantime; it must not be lost.
      const { items } = await answer(api.GET('/api/v1/shows/{show}/lineup', { params }))
      const body = { products: order(items) }
      const set = await answer(api.PUT('/api/v1/shows/{show}/lineup', { params, body }))
      queries.setQueryData(['lineup', show], set)
      earlier.value = what === 'used' ? idsOf(items) : null
      done.value = what
    } catch (error) {
      failure.value = error
    } finally {
      pending.value = false
    }
  }

  const use = (proposed: Proposed) => change('used', (items) => proposedOrder(items, proposed))
  const undo = () => change('undone', (items) => arranged(items, earlier.value ?? []))
  return { use, undo, earlier, done, pending, failure }
}
