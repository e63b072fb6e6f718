import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { answer, api, type Schemas } from '../../api/client'
import { i18n, words } from '../../i18n'

export type FieldDefinition = Schemas['FieldDefinition']
export type FactVersion = Schemas['FactVersion']
export type ListedProduct = Schemas['ListedProduct']
export type ProductCard = Schemas['ProductCard']

/** The columns of the grid, by what somebody works on. */
export const VIEWS = {
  prices: ['merchant_code', 'cost_price', 'daily_price', 'list_price', 'live_price', 'floor_price'],
  basics: ['name', 'category', 'brand', 'supplier', 'role', 'aliases', 'status'],
  service: ['gifts', 'guarantees', 'shipping_promise', 'purchase_limit', 'sample'],
} as const
export type View = keyof typeof VIEWS

/** The columns of the SKUs of one product. */
export const SKU_COLUMNS = [
  'spec',
  'merchant_code',
  'barcode',
  'cost_price',
  'daily_price',
  'list_price',
  'live_price',
  'floor_price',
  'stock',
  'stock_buffer_percent',
  'purchase_limit',
  'recent_low',
  'minimum_margin',
  'price_history',
  'note',
]

/** The groups of a product card (商品信息卡); a field that is in none of them comes last. */
export const GROUPS = {
  basics: ['name', 'link_number', 'category', 'brand', 'supplier', 'role', 'aliases', 'status', 'risk'],
  prices: [
    'live_price',
    'daily_price',
    'list_price',
    'floor_price',
    'cost_price',
    'minimum_margin',
    'recent_low',
    'price_history',
    'windows',
    'commission_percent',
  ],
  points: ['selling_points', 'demonstration', 'specs'],
  sizes: ['size_chart'],
  made_of: ['ingredients', 'allergens'],
  papers: ['qualifications'],
  gifts: ['gifts', 'purchase_limit'],
  service: ['guarantees', 'shipping_promise'],
  trial: ['trial_record', 'sample', 'note'],
} as const
export type Group = keyof typeof GROUPS | 'rest'

/** The fields of a product itself, in groups; none is lost. */
export function grouped(fields: FieldDefinition[]): { group: Group; fields: FieldDefinition[] }[] {
  const own = fields.filter((field) => field.levels.includes('product'))
  const named: string[] = Object.values(GROUPS).flat()
  const groups = Object.entries(GROUPS).map(([group, codes]) => ({
    group: group as Group,
    fields: codes.flatMap((code) => own.filter((field) => field.code === code)),
  }))
  const rest = own.filter((field) => !named.includes(field.code))
  return [...groups, { group: 'rest' as Group, fields: rest }].filter((one) => one.fields.length > 0)
}

/** What a catalogue is made of; it does not change while the program runs. */
export function useFields() {
  const query = useQuery({
    queryKey: ['catalogue', 'fields'],
    queryFn: () => answer(api.GET('/api/v1/catalogue/fields')),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const fields = computed(() => query.data.value?.fields ?? [])
  const byCode = computed(() => new Map(fields.value.map((field) => [field.code, field])))
  const label = (code: string) => {
    const field = byCode.value.get(code)
    return field ? words(field.label) : code
  }
  /** What is missing of a field: a list price is there, and what proves it is not (C06). */
  const lackLabel = (code: string) =>
    code === 'list_price' ? i18n.global.t('catalogue.listPriceEvidence') : label(code)
  const columns = (codes: readonly string[]) => codes.flatMap((code) => byCode.value.get(code) ?? [])
  return { query, fields, byCode, label, lackLabel, columns }
}
