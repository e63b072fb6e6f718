import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import { mountIn } from '../../testing/mounting'
import { fakeServer } from '../../testing/server'
import { verdict } from '../../testing/wordings'
import WordingPage from './WordingPage.vue'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const PACK = {
  name: '直播带货用语规则（内置）',
  version: '2026.11',
  source: 'Livehand',
  verified_at: 1_795_104_000_000,
  effective_from: 1_769_875_200_000,
  effective_to: null,
  words: 660,
  categories: 16,
  own: false,
  stale: '规则包已 200 天未核验，规则可能过时。',
  rejected: null,
}

test('the page tells which rules it goes by and how old they are, and checks for the chosen place and goods', async () => {
  vi.useFakeTimers()
  const asked = fakeServer(({ path }) => ({
    status: 200,
    body: path.endsWith('/pack') ? PACK : verdict(),
  }))
  const page = mountIn(WordingPage)
  await flushPromises()
  await vi.advanceTimersByTimeAsync(0)
  await flushPromises()
  expect(page.get('[data-testid=pack]').text()).toContain('660 个词条，16 类')
  expect(page.get('[data-testid=pack]').text()).toContain('2026/11/20')
  expect(page.text()).toContain('规则可能过时')
  const [place, goods] = page.findAll('select')
  await place?.setValue('title')
  await goods?.setValue('beauty')
  await page.get('textarea').setValue('好看')
  await vi.advanceTimersByTimeAsync(400)
  await flushPromises()
  const check = asked.find((one) => one.path.endsWith('/check'))
  expect([check?.body.place, check?.body.category]).toEqual(['title', 'beauty'])
})
