import { useQueries, useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { answer, api } from '../../api/client'
import { books } from '../stock/holds'

/** Names change seldom. */
const FRESH_MS = 5 * 60_000

/** Names of products by SKU, as far as there are books of it. */
export function useNamesBySku() {
  const query = useQuery({ queryKey: ['stock', 'names'], queryFn: books, staleTime: FRESH_MS })
  const names = computed(
    () => new Map((query.data.value?.lines ?? []).map((line) => [line.sku, line.product_name ?? ''])),
  )
  return (sku: string) => names.value.get(sku) ?? ''
}

/** Names of these products, and what distinguishes their SKUs. */
export function useGoods(products: () => string[]) {
  const cards = useQueries({
    queries: computed(() =>
      products().map((product) => ({
        queryKey: ['catalogue', 'card', product],
        queryFn: () => answer(api.GET('/api/v1/products/{product}', { params: { path: { product } } })),
        staleTime: FRESH_MS,
        retry: false,
      })),
    ),
  })
  const known = computed(() => cards.value.flatMap((card) => card.data ?? []))
  const productName = (id: string) => known.value.find((card) => card.id === id)?.name ?? id
  /** 颜色 白 · 尺码 L; empty if nothing is known. */
  function spec(sku: string): string {
    const fact = known.value
      .flatMap((card) => card.facts)
      .find((one) => one.sku === sku && one.field === 'spec')
    const value = fact?.value
    if (typeof value !== 'object' || value === null) return ''
    return Object.entries(value)
      .map(([name, of]) => `${name} ${String(of)}`)
      .join(' · ')
  }
  return { productName, spec }
}
