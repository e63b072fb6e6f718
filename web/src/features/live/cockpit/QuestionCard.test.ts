import { expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { mountIn } from '../../../testing/mounting'
import { question, START } from '../../../testing/rooms'
import QuestionCard from './QuestionCard.vue'
import { ring } from './ring'

function cardOf(known: Parameters<typeof question>[1] = {}, more: Record<string, unknown> = {}) {
  return mountIn(QuestionCard, {
    props: {
      question: question(81, { text: '敏感肌能用吗', intent: 'usage', ...known }),
      clock: START,
      selected: false,
      answering: false,
      product: null,
      mayAnswer: true,
      send: vi.fn(async () => true),
      ...more,
    },
  })
}

test.each([
  [0, { late: false, seconds: 30, share: 1 }],
  [1, { late: false, seconds: 30, share: 29_999 / 30_000 }],
  [15_000, { late: false, seconds: 15, share: 0.5 }],
  [29_001, { late: false, seconds: 1, share: 999 / 30_000 }],
  [30_000, { late: true, seconds: 0, share: 0 }],
  [42_500, { late: true, seconds: 12, share: 0 }],
  [-800, { late: false, seconds: 30, share: 1 }],
])('%i ms after it was asked the ring shows what is left of thirty seconds', (passed, state) => {
  expect(ring(START, START + passed)).toEqual(state)
})

test('a question in time counts down; one that is late says so with a sign and words, not by colour alone', async () => {
  const shown = cardOf({}, { clock: START + 12_000 })
  expect(shown.get('.ring').text()).toBe('18')
  expect(shown.get('.ring').attributes('aria-label')).toBe('剩 18 秒')
  await shown.setProps({ clock: START + 42_000 })
  expect(shown.find('.bang').exists()).toBe(true)
  expect(shown.text()).toContain('超时 12 秒')
  expect(shown.get('.ring').attributes('aria-label')).toBe('超时 12 秒')
})

test('the card tells what is asked, how often, about which item, by whom', () => {
  const shown = cardOf({ asked: 7, name: '小鱼' }, { product: '净屿洗衣液' })
  for (const words of ['敏感肌能用吗', '用法', '7 人问', '净屿洗衣液', '小鱼'])
    expect(shown.text()).toContain(words)
})

test('an intent that the console does not know is shown as it came', () => {
  expect(cardOf({ intent: 'brand_new' }).text()).toContain('brand_new')
})

test('buttons are there for who may answer, on the chosen card', async () => {
  const shown = cardOf()
  expect(shown.findAll('button')).toHaveLength(0)
  await shown.setProps({ selected: true })
  await shown.get('button').trigger('click')
  expect(shown.emitted('answer')).toHaveLength(1)
  await shown.findAll('button')[1]?.trigger('click')
  expect(shown.emitted('aloud')).toHaveLength(1)
  await shown.setProps({ mayAnswer: false })
  expect(shown.findAll('button')).toHaveLength(0)
})

test('the line has the focus as soon as somebody answers, and sends on Enter', async () => {
  const send = vi.fn(async () => true)
  const shown = cardOf({}, { selected: true, send })
  await shown.setProps({ answering: true })
  await nextTick()
  const input = shown.get('input')
  expect(document.activeElement).toBe(input.element)
  await input.setValue('  可以，先在耳后试  ')
  await input.trigger('keydown', { key: 'Enter' })
  expect(send).toHaveBeenCalledExactlyOnceWith('可以，先在耳后试')
})

test('Enter that chooses a word of the input method sends nothing', async () => {
  const send = vi.fn(async () => true)
  const shown = cardOf({}, { selected: true, answering: true, send })
  await shown.get('input').setValue('ke yi')
  await shown.get('input').trigger('keydown', { key: 'Enter', isComposing: true })
  await shown.get('input').trigger('keydown', { key: 'Enter', keyCode: 229 })
  expect(send).not.toHaveBeenCalled()
  expect(shown.get('input').element.value).toBe('ke yi')
})

test('a question that somebody else closed while it is being answered says so and keeps the line', async () => {
  const shown = cardOf({}, { selected: true, answering: true })
  await shown.setProps({ question: question(81, { state: 'answered', closed_at: START }) })
  expect(shown.text()).toContain('已有人答复')
  expect(shown.find('input').exists()).toBe(true)
})

test('what a viewer wrote is text and stands by itself', () => {
  const hostile = '<img src=x onerror=alert(1)>\u202Eabc\u200B<script>alert(2)</script>'
  const shown = cardOf({ text: hostile, name: '<b>名</b>\u202E' })
  expect(shown.get('.text').element.textContent).toBe(hostile)
  expect(shown.find('img, script, .about b').exists()).toBe(false)
  expect(shown.get('bdi').element.textContent).toBe('<b>名</b>\u202E')
})
