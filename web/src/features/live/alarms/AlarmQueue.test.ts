import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defineComponent, h, reactive } from 'vue'
import type { Alarm } from '../../../stream/reduce'
import { mountIn } from '../../../testing/mounting'
import { alarm, MINUTE, question, START } from '../../../testing/rooms'
import AlarmQueue from './AlarmQueue.vue'
import { useAlarmDesk } from './alarmDesk'
import { useAlarmWords } from './words'

let queue: VueWrapper
let sent: string[][]
let accepted: boolean
const state = reactive({ alarms: [] as Alarm[], mayHandle: true, stale: false, clock: START })

/** The queue as the cockpit has it: with its desk, and the words of the room. */
const Room = defineComponent({
  setup() {
    const send =
      (what: string) =>
      (...words: string[]) => {
        sent.push([what, ...words])
        return Promise.resolve(accepted)
      }
    const desk = useAlarmDesk(() => state.alarms, {
      takeAlarm: send('take'),
      finishStep: send('step'),
      closeAlarm: send('close'),
    })
    const names = new Map([['p-3', '棉里乳胶枕']])
    const words = useAlarmWords(() => ({ names, questions: [question(81, { text: '多少钱' })] }))
    return () =>
      h(AlarmQueue, {
        desk,
        words,
        clock: state.clock,
        mayHandle: state.mayHandle,
        me: 'person-1',
        stale: state.stale,
      })
  },
})

beforeEach(() => {
  sent = []
  accepted = true
  Object.assign(state, { alarms: [], mayHandle: true, stale: false, clock: START })
})
afterEach(() => queue.unmount())

function open(alarms: Alarm[], known: Partial<typeof state> = {}) {
  Object.assign(state, { alarms, ...known })
  queue = mountIn(Room)
}
const rows = () => queue.findAll('[data-testid=alarm]').map((one) => one.attributes('data-id'))
const chosen = () => queue.get('[data-testid=alarm][aria-current=true]').attributes('data-id')
const focus = () => (queue.get('[role=list]').element as HTMLElement).focus()
/** A key goes to whatever has the focus; whether the page heard it too. */
async function press(key: string, more: KeyboardEventInit = {}) {
  let heard = false
  const listen = () => {
    heard = true
  }
  window.addEventListener('keydown', listen)
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
  ;(document.activeElement ?? document.body).dispatchEvent(event)
  window.removeEventListener('keydown', listen)
  await flushPromises()
  return heard
}
async function type(text: string) {
  const input = document.activeElement as HTMLInputElement
  input.value = text
  input.dispatchEvent(new Event('input', { bubbles: true }))
  await flushPromises()
}

test('without alarms it says so', () => {
  open([])
  expect(queue.text()).toContain('目前没有告警')
  expect(queue.text()).toContain('未结 0')
})

test('an alarm tells how bad it is in a shape and a word, what was found, and what to do by when', () => {
  open([alarm('device x 1')], { clock: START + 75_000 })
  const card = queue.get('[data-testid=alarm]').text()
  expect(card).toContain('■ 紧急')
  expect(card).toContain('推流设备异常')
  expect(card).toContain('丢帧率 · main')
  expect(card).toContain('现在 9.00%，高于界限 3.00%')
  expect(card).toContain('1 分钟前')
  const steps = queue.findAll('[data-testid=alarm-step]').map((step) => step.text())
  expect(steps[0]).toMatch(/检查画面和声音.*导播.*! 超时 0:15/)
  expect(steps[1]).toMatch(/切到备用线路.*剩 0:45/)
})

test('open ones stand before those that are over, which tell how they ended', () => {
  const over = alarm('b', { state: 'resolved', outcome: '换了备线', closed_by: 'person-1', closed_at: START })
  open([alarm('a'), over, alarm('c', { state: 'resolved', closed_at: START })])
  expect(rows()).toEqual(['a', 'b', 'c'])
  expect(queue.text()).toContain('未结 1')
  const texts = queue.findAll('[data-testid=alarm]').map((one) => one.text())
  expect(texts[1]).toContain('你结束的')
  expect(texts[1]).toContain('换了备线')
  expect(texts[2]).toContain('信号恢复，自动结束')
})

test('an alarm is taken, worked on and closed by keyboard alone, and the page hears none of it', async () => {
  open([alarm('a'), alarm('b')])
  focus()
  expect(await press('j')).toBe(false)
  expect(chosen()).toBe('b')
  expect(await press('Enter')).toBe(false)
  expect(await press('2')).toBe(false)
  await press('c')
  await type('换了备线，画面恢复')
  await press('Enter')
  expect(sent).toEqual([
    ['take', 'b'],
    ['step', 'b', 'switch_to_the_spare'],
    ['close', 'b', '换了备线，画面恢复'],
  ])
  // The focus is back in the queue.
  await press('k')
  expect(chosen()).toBe('a')
})

test('Enter of an input method sends nothing, and Escape leaves the line with what was typed', async () => {
  open([alarm('a')])
  focus()
  await press('c')
  await type('换了')
  await press('Enter', { isComposing: true })
  expect(sent).toEqual([])
  await press('Escape')
  expect(queue.find('input').exists()).toBe(false)
  await press('c')
  expect((document.activeElement as HTMLInputElement).value).toBe('换了')
})

test('a step that was done is not done again, and what is under way is not sent twice', async () => {
  const [first, ...rest] = alarm('a').steps
  if (!first) throw new Error('no steps')
  open([alarm('a', { steps: [{ ...first, done_at: START + MINUTE }, ...rest] })])
  focus()
  await press('1')
  expect(sent).toEqual([])
  expect(queue.findAll('[data-testid=alarm-step]')[0]?.text()).toContain('✓ 20:01 完成')
  void press('2')
  await press('2')
  expect(sent).toEqual([['step', 'a', 'switch_to_the_spare']])
})

test('what somebody else does to the order does not move the choice', async () => {
  open([alarm('a'), alarm('b')])
  focus()
  await press('j')
  state.alarms = [alarm('c'), alarm('a'), alarm('b')]
  await flushPromises()
  expect(chosen()).toBe('b')
  state.alarms = [alarm('c'), alarm('a'), alarm('b', { state: 'resolved' })]
  await flushPromises()
  expect(chosen()).toBe('c')
})

test('until somebody turns to the queue, the worst one is shown in full', async () => {
  open([alarm('a')])
  state.alarms = [alarm('worse'), alarm('a')]
  await flushPromises()
  expect(chosen()).toBe('worse')
})

test('a line that is typed into stays where it is when the alarm is closed by somebody else', async () => {
  open([alarm('a'), alarm('b')])
  focus()
  await press('c')
  await type('换了备')
  state.alarms = [alarm('b'), alarm('a', { state: 'resolved', closed_by: 'person-2' })]
  await flushPromises()
  expect(rows()).toEqual(['a', 'b'])
  expect((document.activeElement as HTMLInputElement).value).toBe('换了备')
  expect(queue.text()).toContain('已经结束')
  await press('j')
  expect(sent).toEqual([])
})

test('an outcome that was refused comes back into the line', async () => {
  open([alarm('a')])
  accepted = false
  focus()
  await press('c')
  await type('换了备线')
  await press('Enter')
  await press('c')
  expect((document.activeElement as HTMLInputElement).value).toBe('换了备线')
})

test('who may only look finds no buttons and dead keys', async () => {
  open([alarm('a')], { mayHandle: false })
  focus()
  for (const key of ['Enter', '1', 'c']) await press(key)
  expect(sent).toEqual([])
  expect(queue.findAll('button')).toHaveLength(0)
  expect(queue.text()).toContain('只能查看')
})

test('what one took oneself is not taken again; what a colleague took can be taken over', async () => {
  open([alarm('a', { state: 'taken', taken_by: 'person-1' }), alarm('b', { state: 'taken', taken_by: 'x' })])
  expect(queue.text()).toContain('你在处理')
  focus()
  await press('Enter')
  expect(sent).toEqual([])
  await press('j')
  expect(queue.text()).toContain('我来接手')
  await press('Enter')
  expect(sent).toEqual([['take', 'b']])
})

test('many are searched and filtered, a few are not', async () => {
  open([alarm('a'), alarm('b')])
  expect(queue.find('input').exists()).toBe(false)
  queue.unmount()
  const stock = alarm('s', { rule: 'stock', severity: 'warning', subject: 'stock_available p-3' })
  open([alarm('a'), alarm('b'), alarm('c'), stock, alarm('d', { state: 'resolved' }), alarm('e')])
  await queue.get('input').setValue('乳胶枕')
  expect(rows()).toEqual(['s'])
  await queue.get('input').setValue('没有这个')
  expect(queue.text()).toContain('没有符合的告警')
  await queue.get('input').setValue('')
  await queue.get('[aria-pressed]').trigger('click')
  expect(rows()).not.toContain('d')
})

test('a broken connection is told, because what is shown is old', () => {
  open([alarm('a')], { stale: true })
  expect(queue.get('[role=alert]').text()).toContain('停在断线前')
})

test('a rule that this console does not know is shown all the same', () => {
  open([alarm('x', { rule: 'new_rule', subject: 'something', steps: [] })])
  expect(queue.text()).toContain('new_rule')
})
