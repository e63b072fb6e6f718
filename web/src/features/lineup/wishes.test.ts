import { describe, expect, test } from 'vitest'
import { reactive, ref } from 'vue'
import { inPage } from '../../testing/mounting'
import {
  nothingTyped,
  readTyped,
  shown,
  type Typed,
  type TypedProduct,
  textOf,
  USUAL_LIMITS,
  useTyped,
} from './wishes'

function typedOf(known: Partial<TypedProduct> = {}) {
  return reactive<Typed>({
    minutes: '',
    limits: { dear_price: '', peak_part: '', opening_minutes: '' },
    products: new Map([
      ['p-1', { ...nothingTyped(), ...known }],
      ['p-2', nothingTyped()],
    ]),
  })
}
const read = (typed: Typed) => readTyped(typed, ['p-1', 'p-2'])

test('where nothing is typed nothing is said, and the usual rules hold', () => {
  const { wishes, faults } = read(typedOf())
  expect(wishes).toEqual({ minutes: null, products: {}, limits: USUAL_LIMITS })
  expect(faults.size).toBe(0)
})

test('the usual rules are those of the server', () => {
  const document = import.meta.glob<string>('../../../openapi.json', {
    query: '?raw',
    import: 'default',
    eager: true,
  })
  const { LineupLimits } = JSON.parse(Object.values(document)[0] ?? '{}').components.schemas
  const properties = Object.entries<{ default: number }>(LineupLimits.properties)
  expect(USUAL_LIMITS).toEqual(
    Object.fromEntries(properties.map(([name, { default: usual }]) => [name, usual])),
  )
})

test('yuan become whole fen, orders of a thousand a part, percents a part', () => {
  const typed = typedOf({ margin: '59.9', orders_per_viewer: '2.5', stock: '300', must_appear: true })
  Object.assign(typed, {
    minutes: '240',
    limits: { dear_price: '399', peak_part: '35', opening_minutes: '' },
  })
  expect(read(typed).wishes).toEqual({
    minutes: 240,
    limits: { beside_peak: 0.5, dear_price: 39_900, peak_part: 0.35, opening_minutes: 3 },
    products: {
      'p-1': {
        role: null,
        category: null,
        minutes: null,
        orders_per_viewer: 0.0025,
        margin: 5_990,
        stock: 300,
        locked_at: null,
        must_appear: true,
        window: null,
      },
    },
  })
})

test('a field of blanks says nothing, and full-width digits are digits', () => {
  expect(read(typedOf({ category: '  ', minutes: ' ' })).wishes.products).toEqual({})
  expect(read(typedOf({ minutes: '１２' })).wishes.products['p-1']?.minutes).toBe(12)
  expect(read(typedOf({ locked_at: '0' })).wishes.products['p-1']?.locked_at).toBe(0)
})

describe('a number that cannot be one', () => {
  test.each([
    ['minutes', '六'],
    ['minutes', '0'],
    ['minutes', '2.5'],
    ['minutes', '1e2'],
    ['stock', '-1'],
    ['locked_at', '1441'],
    ['orders_per_viewer', '1001'],
    ['margin', '1,5'],
  ] as const)('is a fault of its field: %s %s', (field, text) => {
    const { wishes, faults } = read(typedOf({ [field]: text }))
    expect([...faults.keys()]).toEqual([`products.p-1.${field}`])
    expect(wishes.products).toEqual({})
  })

  test('does not take an item that is sold at a loss for one', () => {
    expect(read(typedOf({ margin: '-5' })).wishes.products['p-1']?.margin).toBe(-500)
  })

  test('is told of the show and of the rules too', () => {
    const typed = typedOf()
    typed.minutes = '很长'
    typed.limits.peak_part = '101'
    expect([...read(typed).faults.keys()].sort()).toEqual(['limits.peak_part', 'minutes'])
  })
})

test('what left the line-up is not spoken of, and another order of it makes no other wishes', () => {
  const typed = typedOf({ minutes: '4' })
  const other = typed.products.get('p-2')
  if (other) other.minutes = '6'
  expect(Object.keys(readTyped(typed, ['p-2']).wishes.products)).toEqual(['p-2'])
  const [one, two] = [readTyped(typed, ['p-1', 'p-2']), readTyped(typed, ['p-2', 'p-1'])]
  expect(JSON.stringify(one.wishes)).toBe(JSON.stringify(two.wishes))
})

test('a field that the server names is found, also of an id with dots', () => {
  const typed = typedOf({ minutes: '90' })
  typed.minutes = '60'
  typed.products.set('a.b', { ...nothingTyped(), stock: '7' })
  expect(textOf(typed, 'minutes')).toBe('60')
  expect(textOf(typed, 'limits.peak_part')).toBe('')
  expect(textOf(typed, 'products.p-1.minutes')).toBe('90')
  expect(textOf(typed, 'products.a.b.stock')).toBe('7')
  for (const unknown of ['products', 'products.p-1.window', 'products.p-9.minutes', 'limits.beside_peak'])
    expect(textOf(typed, unknown)).toBeUndefined()
})

test('what is shown of a number has no more digits than can be meant', () => {
  expect(shown('orders_per_viewer', 0.00234567)).toBe('2.35')
  expect(shown('margin', 5_970)).toBe('59.7')
  expect(shown('peak_part', 0.45)).toBe('45')
  expect(shown('minutes', 5)).toBe('5')
})

test('a product that comes into the line-up gets its fields, and what was typed stays', async () => {
  const ids = ref(['p-1'])
  const { products, leavePage } = inPage(() => useTyped(() => ids.value))
  const first = products.get('p-1')
  if (first) first.minutes = '8'
  ids.value = ['p-2', 'p-1']
  await Promise.resolve()
  expect([...products].map(([id, one]) => [id, one.minutes])).toEqual([
    ['p-1', '8'],
    ['p-2', ''],
  ])
  leavePage()
})
