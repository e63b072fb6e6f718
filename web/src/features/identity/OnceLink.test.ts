import { flushPromises } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { mountIn } from '../../testing/mounting'
import OnceLink from './OnceLink.vue'

const LINK = 'http://192.168.1.9:7311/enter#abc'
const open = () => mountIn(OnceLink, { props: { text: '只显示一次：', link: LINK } })

test('the link is copied, and the button says so', async () => {
  const writeText = vi.fn(async () => {})
  vi.stubGlobal('navigator', { clipboard: { writeText } })
  const once = open()
  await once.get('button:not(.n-base-close)').trigger('click')
  await flushPromises()
  expect(writeText).toHaveBeenCalledExactlyOnceWith(LINK)
  expect(once.text()).toContain('✓ 已复制')
})

test.each([
  ['without a clipboard, as on a plain address in the local network', {}],
  [
    'with a clipboard that the browser refuses',
    { clipboard: { writeText: () => Promise.reject(new Error('no')) } },
  ],
])('%s, the link is selected and the next step told', async (_, navigator) => {
  vi.stubGlobal('navigator', navigator)
  const once = open()
  await once.get('button:not(.n-base-close)').trigger('click')
  await flushPromises()
  expect(getSelection()?.toString()).toBe(LINK)
  expect(once.text()).toContain('请按 Ctrl+C 复制')
  expect(once.text()).not.toContain('已复制')
})
