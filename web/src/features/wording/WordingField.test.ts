import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { mountIn } from '../../testing/mounting'
import { type Asked, fakeServer, problem } from '../../testing/server'
import { hit, verdict } from '../../testing/wordings'
import WordingField from './WordingField.vue'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const field = () => mountIn(WordingField, { props: { place: 'script', label: '待检文案' } })

async function rest() {
  await vi.advanceTimersByTimeAsync(400)
  await flushPromises()
}

test('what is typed is checked when the hand rests, and hits are marked with reason, basis and suggestions', async () => {
  const asked = fakeServer(() => ({ status: 200, body: verdict(hit()) }))
  const shown = field()
  const area = shown.get('textarea')
  await area.setValue('最')
  await area.setValue('最好的面霜')
  expect(asked).toHaveLength(0)
  await rest()
  expect(asked.map((one) => [one.path, one.body.text, one.body.place])).toEqual([
    ['/api/v1/wording/check', '最好的面霜', 'script'],
  ])
  expect(shown.get('mark').text()).toBe('最好')
  const row = shown.get('li').text()
  for (const told of ['■ 不可用', '属于绝对化用语', '《广告法》第九条', '口碑好']) expect(row).toContain(told)
  expect(shown.get('[role=status]').text()).toBe('发现 1 处')
})

test('one key replaces the wording, and the new text is checked', async () => {
  const asked = fakeServer(({ body }) => ({
    status: 200,
    body: String(body.text).startsWith('最好') ? verdict(hit()) : verdict(),
  }))
  const shown = field()
  const area = shown.get('textarea')
  await area.setValue('最好的面霜')
  await rest()
  await area.trigger('keydown', { key: '3', code: 'Digit3', altKey: true })
  expect((area.element as HTMLTextAreaElement).value).toBe('口碑好的面霜')
  await rest()
  expect(asked).toHaveLength(2)
  expect(shown.find('li').exists()).toBe(false)
  expect(shown.get('[role=status]').text()).toBe('未发现风险用语')
})

test('an answer to what was typed before is thrown away', async () => {
  const waiting: ((body: unknown) => void)[] = []
  const slow = ({ body }: Asked) =>
    new Promise<{ status: number; body: unknown }>((done) => {
      waiting.push(() => done({ status: 200, body: body.text === '好看' ? verdict() : verdict(hit()) }))
    })
  fakeServer(slow)
  const shown = field()
  const area = shown.get('textarea')
  await area.setValue('最好')
  await rest()
  await area.setValue('好看')
  await rest()
  waiting[1]?.(undefined)
  await flushPromises()
  waiting[0]?.(undefined)
  await flushPromises()
  expect(shown.find('li').exists()).toBe(false)
})

test('while the text has changed nothing is replaced at a place that may have moved', async () => {
  fakeServer(() => ({ status: 200, body: verdict(hit()) }))
  const shown = field()
  const area = shown.get('textarea')
  await area.setValue('最好')
  await rest()
  await area.setValue('真的最好')
  expect(shown.get('.instead button').attributes('disabled')).toBeDefined()
  await area.trigger('keydown', { key: '1', code: 'Digit1', altKey: true })
  expect((area.element as HTMLTextAreaElement).value).toBe('真的最好')
})

test('a refusal is told', async () => {
  fakeServer(() => problem(422, '文案太长'))
  const shown = field()
  await shown.get('textarea').setValue('很长')
  await rest()
  expect(shown.get('[role=alert]').text()).toContain('文案太长')
})
