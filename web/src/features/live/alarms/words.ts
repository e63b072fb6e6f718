import { useI18n } from 'vue-i18n'
import type { Schemas } from '../../../api/client'
import { count, percent, time } from '../../../format'
import type { Alarm, Question, TimelineEntry } from '../../../stream/reduce'
import { ruleOf } from './shapes'

type Evidence = Schemas['Evidence']
type Cause = Schemas['Cause']

/** What ids stand for, as far as the console knows it. */
export interface Named {
  names: Map<string, string>
  questions: Question[]
}

const share = (part: number, of: number) => (of > 0 ? percent(part / of) : '—')
const permille = (n: number) => percent(n / 1_000)
/** Thousandths of a share as points, without their sign: the words say in which direction. */
const points = (n: number) => (Math.abs(n) / 10).toFixed(1)

/** An alarm in the words of the crew. A code that this console does not know stays a code and is shown all the same. */
export function useAlarmWords(named: () => Named) {
  const { t, te } = useI18n()
  const word = (key: string, code: string) => (te(key) ? t(key) : code)
  const rule = (code: string) => word(`alarms.rules.${code}`, code)
  const step = (code: string) => word(`alarms.steps.${code}`, code)
  const productName = (id: string) => named().names.get(id) ?? id

  /** A reading with the unit that the end of its signal's name tells. */
  function reading(signal: string, value: number): string {
    if (signal.endsWith('_permille')) return permille(value)
    if (signal.endsWith('_percent')) return `${count(value)}%`
    if (signal.endsWith('_s')) return t('alarms.units.seconds', { n: count(value) })
    if (signal === 'stock_available') return t('alarms.units.pieces', { n: count(value) })
    return count(value)
  }

  function subject({ rule: code, subject: id }: Pick<Alarm, 'rule' | 'subject'>): string {
    if (!id) return ''
    if (code === 'question_cluster') {
      const asked = named().questions.find((question) => String(question.id) === id)
      return asked ? `“${asked.text}”` : t('alarms.question', { id })
    }
    const [signal = '', ...rest] = id.split(' ')
    if (!te(`alarms.signals.${signal}`)) return productName(id)
    return [word(`alarms.signals.${signal}`, signal), productName(rest.join(' '))].filter(Boolean).join(' · ')
  }

  function bound({ rule: code, subject: id }: Alarm, { value, bound }: { value: number; bound: number }) {
    if (code === 'question_cluster')
      return t('alarms.evidence.asked', { value: count(value), bound: count(bound) })
    if (code === 'answers_late')
      return t('alarms.evidence.late', { value: count(value), bound: count(bound) })
    if (!id) return t('alarms.evidence.troubled', { value: count(value), bound: count(bound) })
    const signal = id?.split(' ', 1)[0] ?? ''
    const words = { value: reading(signal, value), bound: reading(signal, bound) }
    if (value === bound) return t('alarms.evidence.at', words)
    return value > bound ? t('alarms.evidence.above', words) : t('alarms.evidence.under', words)
  }

  /** What was found, the most important first. */
  function evidence(alarm: Alarm): string[] {
    const found: Evidence = alarm.evidence
    switch (found.kind) {
      case 'fall':
        return [
          t('alarms.evidence.size', {
            fall: permille(found.fall_permille),
            low: permille(found.low_permille),
            high: permille(found.high_permille),
          }),
          t('alarms.evidence.fall', {
            expected: percent(found.expected_ppm / 1e6),
            seen: share(found.with, found.of),
            with: count(found.with),
            of: count(found.of),
            minutes: found.minutes,
            since: time(found.since).slice(0, 5),
          }),
        ]
      case 'below':
        return [
          t('alarms.evidence.below', {
            own: share(found.with, found.of),
            with: count(found.with),
            of: count(found.of),
            others: share(found.others_with, found.others_of),
            othersWith: count(found.others_with),
            othersOf: count(found.others_of),
          }),
        ]
      case 'bound':
        return [bound(alarm, found)]
      case 'silence':
        return [t('alarms.evidence.silence', { since: time(found.since).slice(0, 5) })]
    }
  }

  /** What a thing that happened was about: the subject of a timeline entry. */
  function about(what: Schemas['TimelineKind'], id: string): string {
    if (what === 'adjustment_made') return word(`effects.changes.${id}`, id)
    if (what.startsWith('alarm_')) return rule(ruleOf(id))
    return what === 'item_staged' ? productName(id) : ''
  }

  function cause(one: Cause): string {
    switch (one.kind) {
      case 'source_mix':
        return t('alarms.cause.source_mix', { points: points(one.points_permille) })
      case 'within_source':
        return t('alarms.cause.within_source', {
          points: points(one.points_permille),
          source: word(`sources.${one.source}`, one.source),
        })
      case 'within_product':
        return t('alarms.cause.within_product', {
          part: `${Math.round(one.part_permille / 10)}%`,
          product: productName(one.product),
        })
      case 'before': {
        const cleared = one.what === 'item_staged' && !one.subject
        return t('alarms.cause.before', {
          at: time(one.at).slice(0, 5),
          what: cleared ? t('timeline.cleared') : word(`timeline.${one.what}`, one.what),
          subject: one.subject ? about(one.what, one.subject) : '',
        }).trim()
      }
    }
  }

  /** What an entry of the timeline is, and what it is about. */
  const what = (entry: TimelineEntry) =>
    entry.what === 'item_staged' && !entry.subject
      ? t('timeline.cleared')
      : word(`timeline.${entry.what}`, entry.what)

  function content(entry: TimelineEntry): string {
    const { what: code, subject: id } = entry
    if (code === 'alarm_step_done') return [id ? about(code, id) : '', step(entry.text)].join(' · ')
    if (code === 'adjustment_made') {
      const product = entry.product ? productName(entry.product) : ''
      return [id ? about(code, id) : '', product, entry.text].filter(Boolean).join(' · ')
    }
    if (code === 'question_answered') {
      const asked = named().questions.find((question) => String(question.id) === id)?.text
      return [asked, entry.text || t('cockpit.aloud')].filter(Boolean).join(' → ')
    }
    return [id ? about(code, id) : '', entry.text].filter(Boolean).join(' · ')
  }
  const describe = (entry: TimelineEntry) => [what(entry), content(entry)].filter(Boolean).join(' · ')

  return { rule, step, subject, evidence, cause, what, content, describe }
}
