import { words } from '../../i18n'
import type { FieldDefinition } from './fields'

const SHANGHAI_MS = 8 * 3_600_000

type Kind = Pick<FieldDefinition, 'kind' | 'choices'>
interface Part {
  [key: string]: unknown
}

/** 2026-06-18, in Shanghai. */
export const day = (ms: number) => new Date(ms + SHANGHAI_MS).toISOString().slice(0, 10)
/** 2026-06-18 20:00, in Shanghai; to the second where that matters, as the server writes it. */
const moment = (ms: number) =>
  new Date(ms + SHANGHAI_MS)
    .toISOString()
    .replace('T', ' ')
    .slice(0, ms % 60_000 === 0 ? 16 : 19)
const dayOrMoment = (ms: number) => moment(ms).replace(/ 00:00$/, '')
/** Midnight belongs to the day before it. */
const end = (ms: number) => (moment(ms).endsWith(' 00:00') ? `${day(ms - 1)} 24:00` : moment(ms))

const hundredths = (n: number) => (n / 100).toFixed(2)
const text = (value: unknown) => (value === null || value === undefined ? '' : String(value))
const parts = (value: unknown) => (Array.isArray(value) ? (value as Part[]) : [])
/** A semicolon behind a single item keeps weaker signs within it from taking it apart. */
function joined(items: string[], weak: RegExp): string {
  const all = items.join(';')
  return items.length === 1 && weak.test(all) ? `${all};` : all
}

/** A value as a cell: what somebody types, and what the server reads as the same value again. */
export function cellText(field: Kind, value: unknown): string {
  if (value === null || value === undefined) return ''
  const part = value as Part
  switch (field.kind) {
    case 'money':
      return hundredths(Number(value))
    case 'percent':
      return `${Number(hundredths(Number(value)))}%`
    case 'choice': {
      const choice = field.choices.find((one) => one.code === value)
      return choice ? words(choice.label) : text(value)
    }
    case 'texts':
      return joined(parts(value).map(text), /[/、|，,]/)
    case 'pairs':
      return joined(
        Object.entries(part).map(([name, of]) => `${name}:${text(of)}`),
        /[，,]/,
      )
    case 'gifts':
      return joined(
        parts(value).map(
          (gift) => `${text(gift.name)}${gift.sku ? `[${text(gift.sku)}]` : ''}x${text(gift.quantity)}`,
        ),
        /[+、]/,
      )
    case 'shipping': {
      const excluded = parts(part.excluded).map(text).join('、')
      const more = [
        ['仓', part.warehouse],
        ['快递', part.carrier],
        ['不发', excluded],
      ] as const
      const said = more.flatMap(([name, of]) => (of ? [`${name}:${text(of)}`] : []))
      return [`${text(part.within_hours)}小时`, ...said].join(';')
    }
    case 'selling_points':
      return parts(value)
        .map((one) => [one.feature, one.advantage, one.benefit].map(text).join('→').replace(/→+$/, ''))
        .join(';')
    case 'qualifications':
      return joined(
        parts(value).map((one) =>
          [one.kind, one.number, one.valid_until == null ? '' : day(Number(one.valid_until)), one.evidence]
            .map(text)
            .join(':')
            .replace(/:+$/, ''),
        ),
        /[+、]/,
      )
    case 'size_chart':
      return [part.columns as string[], ...((part.rows as string[][]) ?? [])]
        .map((row) => row.join(','))
        .join(';')
    case 'trial':
      return `${text(part.by)} ${dayOrMoment(Number(part.at))} ${text(part.note)}`.trimEnd()
    case 'windows':
      return parts(value)
        .map((one) => `${moment(Number(one.from))}~${end(Number(one.to))}`)
        .join(';')
    case 'paid_prices':
      return parts(value)
        .map((one) => `${dayOrMoment(Number(one.at))}:${hundredths(Number(one.price))}`)
        .join(';')
    default:
      return text(value)
  }
}

const yuan = new Intl.NumberFormat('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** A value as somebody reads it in a list. */
export function shownText(field: Kind, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (field.kind === 'money') return `¥${yuan.format(Number(value) / 100)}`
  if (field.kind === 'gifts')
    return cellText(field, value)
      .replaceAll(/x(\d+)(;|$)/g, ' ×$1$2')
      .replaceAll(';', '；')
  if (
    ['texts', 'pairs', 'shipping', 'selling_points', 'windows', 'paid_prices', 'qualifications'].includes(
      field.kind,
    )
  )
    return cellText(field, value).replace(/;$/, '').replaceAll(';', '；')
  return cellText(field, value)
}
