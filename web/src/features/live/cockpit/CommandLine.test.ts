import { flushPromises } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { mountIn } from '../../../testing/mounting'
import CommandLine from './CommandLine.vue'

function lineThat(send: (text: string) => Promise<boolean>) {
  const line = mountIn(CommandLine, { props: { hint: '备注', label: '备注', send } })
  const input = line.get('input')
  return { line, input, press: (key: string, more = {}) => input.trigger('keydown', { key, ...more }) }
}

test('Enter sends what was typed, without the blanks around it, and empties the line', async () => {
  const send = vi.fn(async () => true)
  const { input, press } = lineThat(send)
  await input.setValue(' 换了一盏灯 ')
  await press('Enter')
  expect(send).toHaveBeenCalledExactlyOnceWith('换了一盏灯')
  expect(input.element.value).toBe('')
})

test('blanks are nothing to send', async () => {
  const send = vi.fn(async () => true)
  const { input, press } = lineThat(send)
  await input.setValue('   ')
  await press('Enter')
  expect(send).not.toHaveBeenCalled()
})

test('Enter and Escape that belong to an input method do nothing', async () => {
  const send = vi.fn(async () => true)
  const { line, input, press } = lineThat(send)
  await input.setValue('beizhu')
  await press('Enter', { isComposing: true })
  await press('Escape', { isComposing: true })
  expect(send).not.toHaveBeenCalled()
  expect(line.emitted('left')).toBeUndefined()
  expect(input.element.value).toBe('beizhu')
})

test('what was refused comes back into the line', async () => {
  const { input, press } = lineThat(async () => false)
  await input.setValue('太长的话')
  await press('Enter')
  await flushPromises()
  expect(input.element.value).toBe('太长的话')
})

test('what is being typed is not overwritten by what was refused', async () => {
  let refuse = (_: boolean) => {}
  const { input, press } = lineThat(
    () =>
      new Promise((resolve) => {
        refuse = resolve
      }),
  )
  await input.setValue('第一句')
  await press('Enter')
  await input.setValue('第二句')
  refuse(false)
  await flushPromises()
  expect(input.element.value).toBe('第二句')
})

test('Escape leaves the line, and what was typed stays', async () => {
  const { line, input, press } = lineThat(async () => true)
  input.element.focus()
  await input.setValue('半句')
  await press('Escape')
  expect(document.activeElement).not.toBe(input.element)
  expect(line.emitted('left')).toHaveLength(1)
  expect(input.element.value).toBe('半句')
})
