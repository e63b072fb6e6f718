import type { Schemas } from '../api/client'
import type { FactVersion, FieldDefinition, ListedProduct, ProductCard } from '../features/catalogue/fields'

const AT = Date.UTC(2026, 5, 17, 12, 0, 0)

export const field = (
  code: string,
  zh: string,
  kind: string,
  known: Partial<FieldDefinition> = {},
): FieldDefinition => ({
  code,
  label: { zh, en: `the ${code.replaceAll('_', ' ')}` },
  kind,
  levels: ['product'],
  quotable: false,
  required_for: [],
  guarded_on_air: false,
  choices: [],
  ...known,
})
const both = { levels: ['product', 'sku'] }
const CATEGORIES = [
  { code: 'apparel', label: { zh: '服饰', en: 'Apparel' } },
  { code: 'food', label: { zh: '食品', en: 'Food' } },
]
const STATUSES = [
  { code: 'draft', label: { zh: '草稿', en: 'Draft' } },
  { code: 'ready', label: { zh: '可播', en: 'Ready' } },
]

/** Some of the fields of a catalogue, one of each kind that matters. */
export const FIELDS: FieldDefinition[] = [
  field('name', '商品名称', 'text'),
  field('link_number', '链接号', 'integer'),
  field('category', '类目', 'choice', { choices: CATEGORIES }),
  field('brand', '品牌', 'text'),
  field('spec', '规格', 'pairs', { levels: ['sku'] }),
  field('merchant_code', '商家编码', 'text', { levels: ['sku'] }),
  field('cost_price', '成本价', 'money', both),
  field('daily_price', '日常价', 'money', both),
  field('list_price', '划线价', 'money', both),
  field('live_price', '直播价', 'money', { ...both, guarded_on_air: true }),
  field('floor_price', '最低限价', 'money', { ...both, guarded_on_air: true }),
  field('gifts', '赠品', 'gifts'),
  field('guarantees', '售后保障', 'texts'),
  field('shipping_promise', '发货时效', 'shipping'),
  field('selling_points', '卖点', 'selling_points'),
  field('size_chart', '尺码表', 'size_chart'),
  field('qualifications', '资质', 'qualifications'),
  field('trial_record', '试用记录', 'trial'),
  field('status', '状态', 'choice', { choices: STATUSES }),
  field('note', '备注', 'long_text'),
]
export const CATALOGUE: Schemas['CatalogueFields'] = {
  fields: FIELDS,
  categories: CATEGORIES,
  statuses: STATUSES,
}

export const fact = (
  product: string,
  of: string,
  value: unknown,
  known: Partial<FactVersion> = {},
): FactVersion => ({
  product,
  field: of,
  version: 1,
  value,
  source: 'import:0123456789',
  by: { id: 'person-2', name: '小林' },
  at: AT,
  edit: 'edit-0',
  ...known,
})

/** A product with two SKUs that have prices of their own. */
export function card(id: string, name: string, known: Partial<ProductCard> = {}): ProductCard {
  const skus = [`${id}-s`, `${id}-m`]
  const facts = [
    fact(id, 'name', name),
    fact(id, 'brand', '青禾', { version: 2, source: 'manual' }),
    fact(id, 'category', 'apparel'),
    ...skus.flatMap((sku, place) => [
      fact(id, 'spec', { 尺码: place === 0 ? 'S' : 'M' }, { sku }),
      fact(id, 'live_price', 5_900 + place * 1_000, { sku, version: 3 }),
      fact(id, 'daily_price', 9_900, { sku }),
    ]),
  ]
  return {
    id,
    name,
    price_fen: 5_900,
    link_number: 1,
    category: 'apparel',
    brand: '青禾',
    status: 'draft',
    created_at: AT,
    on_air: [],
    skus: skus.map((sku, place) => ({ id: sku, position: place + 1, disabled: false })),
    facts,
    completeness: { filled: 9, required: 11, missing: ['size_chart', 'list_price'] },
    missing: [
      { field: 'size_chart', why: { zh: '未填写', en: 'not filled in' } },
      { field: 'list_price', why: { zh: '划线价须附依据', en: 'a list price needs its evidence' } },
    ],
    ...known,
  }
}

export const listed = (of: ProductCard): ListedProduct => {
  const { id, name, price_fen, link_number, category, brand, status, completeness } = of
  return {
    id,
    name,
    price_fen,
    link_number,
    category,
    brand,
    status,
    completeness,
    skus: of.skus.filter((sku) => !sku.disabled).length,
  }
}

/** A problem that names cells of an edit. */
export const refusal = (status: number, code: string, errors: Schemas['ProblemField'][] = []) => ({
  status,
  body: { type: `/problems/${code}`, code, title: code, status, errors },
})
