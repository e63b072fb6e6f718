import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { mountIn } from '../../testing/mounting'
import { comment, entry, MINUTE, metric, metrics, minute, roomView, START, show } from '../../testing/rooms'
import { type Asked, fakeServer, problem } from '../../testing/server'
import ReviewPage from './ReviewPage.vue'

let page: VueWrapper
let asked: Asked[]
let failing = false
const END = START + 10 * MINUTE

/** The room at a moment: as many viewers online, and as many comments, as minutes have passed. */
function roomAt(at: number) {
  const passed = Math.floor((at - START) / MINUTE)
  const known = metrics({ online: metric({ total: { numerator: passed, denominator: 1 } }) })
  return roomView({
    clock: at,
    metrics: known,
    stage: { product: 'p-7', since: START },
    comments: Array.from({ length: passed }, (_, i) => comment(i + 1)),
    timeline: Array.from({ length: passed }, (_, i) => entry(i + 1, { text: `打点${i + 1}` })),
  })
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  failing = false
  asked = fakeServer(({ path }) => {
    const { pathname, searchParams } = new URL(path, 'http://server')
    if (pathname.endsWith('/lineup'))
      return {
        status: 200,
        body: {
          items: [{ position: 1, product: { id: 'p-7', link_number: 7, name: '油污喷雾', price_fen: 1 } }],
        },
      }
    if (pathname.endsWith('/review')) {
      const view = { ...roomAt(END), minutes: [minute(START)] }
      return { status: 200, body: { show: show(), first: START, last: END, items: [], view } }
    }
    if (pathname.endsWith('/effects')) return { status: 200, body: { adjustments: [] } }
    if (pathname.endsWith('/events')) {
      const event = {
        sequence: 3,
        at: START + 2 * MINUTE,
        type: 'join',
        name: '小鱼',
        text: '',
        source: 'feed',
      }
      return { status: 200, body: { events: [event], complete: true } }
    }
    if (failing) return problem(503, '数据库繁忙')
    return { status: 200, body: roomAt(Number(searchParams.get('at'))) }
  })
})
afterEach(() => {
  page.unmount()
  vi.useRealTimers()
})

async function open() {
  page = mountIn(ReviewPage, {
    props: { show: 'show-1' },
    permissions: ['export_data'],
    global: { stubs: { TimelineChart: { name: 'TimelineChart', template: '<i />', emits: ['seek'] } } },
  })
  await vi.waitFor(() => expect(page.find('[data-metric=online]').exists()).toBe(true))
}
const moments = () =>
  asked.flatMap(({ path }) => (path.includes('/state?') ? [Number(path.split('=')[1])] : []))
const online = () => page.get('[data-metric=online] .value').text()
const time = () => page.get('[data-testid=review-time]').text()
async function press(key: string, more: KeyboardEventInit = {}) {
  window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
  await flushPromises()
}
async function dragTo(at: number) {
  const scrubber = page.get('[data-testid=review-scrubber]')
  ;(scrubber.element as HTMLInputElement).value = String(at)
  await scrubber.trigger('input')
  await flushPromises()
}

test('the review begins at the end of the show', async () => {
  await open()
  expect(time()).toBe('20:10:00')
  expect(online()).toBe('10')
})

test('every moment shows its own figures, item, comments and actions', async () => {
  await open()
  await dragTo(START + 3 * MINUTE)
  expect(time()).toBe('20:03:00')
  expect(online()).toBe('3')
  expect(page.findAll('[data-testid=comment-row]')).toHaveLength(3)
  expect(page.findAll('[data-testid=action-row]')).toHaveLength(3)
  expect(page.get('[data-testid=stage]').text()).toContain('油污喷雾')
  expect(page.get('[data-testid=stage]').text()).toContain('3:00')
})

test('the arrows move ten seconds, with Shift a minute, and not out of the show', async () => {
  await open()
  await press('ArrowLeft')
  expect(time()).toBe('20:09:50')
  await press('ArrowLeft', { shiftKey: true })
  expect(time()).toBe('20:08:50')
  await dragTo(START)
  await press('ArrowLeft')
  expect(time()).toBe('20:00:00')
})

test('the arrows keep their meaning after the slider was dragged', async () => {
  await open()
  await dragTo(START + 5 * MINUTE)
  page
    .get('[data-testid=review-scrubber]')
    .element.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }),
    )
  await flushPromises()
  expect(time()).toBe('20:05:10')
})

const tab = (name: string) => page.findAll('[role=tab]').find((button) => button.text() === name)

test('a click on the chart leads to its moment and to the events of its minute, and back', async () => {
  await open()
  page.getComponent({ name: 'TimelineChart' }).vm.$emit('seek', START + 2 * MINUTE + 5_000, 'retention')
  await vi.waitFor(() => expect(page.findAll('[data-testid=minute-row]')).toHaveLength(1))
  expect(time()).toBe('20:02:05')
  const of = asked.filter(({ path }) => path.includes('/minutes/'))
  expect(of.map(({ path }) => decodeURIComponent(path))).toEqual([
    `/api/v1/shows/show-1/minutes/${START + 2 * MINUTE}/events?types=join,leave`,
  ])
  await page.get('[data-testid=minute-events]').trigger('keydown', { key: 'Escape' })
  expect(tab('弹幕与操作')?.attributes('aria-selected')).toBe('true')
})

test('a click on an action leads to its moment', async () => {
  await open()
  await dragTo(START + 2 * MINUTE)
  await page.get('[data-testid=action-row]').trigger('click')
  expect(time()).toBe('20:00:00')
})

test('the show plays on, asks for what it shows, and stops at its end', async () => {
  await open()
  await dragTo(END - 8_000)
  await press(' ')
  await vi.advanceTimersByTimeAsync(500)
  await flushPromises()
  expect(time()).toBe('20:09:57')
  await vi.advanceTimersByTimeAsync(5_000)
  await flushPromises()
  expect(time()).toBe('20:10:00')
  const count = moments().length
  await vi.advanceTimersByTimeAsync(5_000)
  expect(moments()).toHaveLength(count)
  // From the end it begins anew.
  await press(' ')
  expect(time()).toBe('20:00:00')
})

test('a moment that does not come is said so, and nothing older passes for it', async () => {
  await open()
  failing = true
  await dragTo(START + 2 * MINUTE)
  expect(page.text()).toContain('没有取到 20:02:00 的数据')
  expect(page.text()).toContain('数据库繁忙')
  expect(page.get('.then').classes()).toContain('behind')
  failing = false
  await page.get('.failure button').trigger('click')
  await flushPromises()
  expect(online()).toBe('2')
  expect(page.text()).not.toContain('没有取到')
})

test('a search finds among the actions', async () => {
  await open()
  await page.get('.acts input').setValue('打点7')
  expect(page.findAll('[data-testid=action-row]')).toHaveLength(1)
})

test('the comments give way to the products of the moment and come back', async () => {
  await open()
  await tab('商品')?.trigger('click')
  expect(tab('商品')?.attributes('aria-selected')).toBe('true')
  expect(page.find('.products').exists()).toBe(true)
  await tab('弹幕与操作')?.trigger('click')
  expect(page.find('.products').exists()).toBe(false)
})

test('the tables can be taken along', async () => {
  await open()
  const links = page.findAll('a[download]').map((link) => link.attributes('href'))
  expect(links).toContain('/api/v1/shows/show-1/export/comments.csv')
  expect(links).toContain('/api/v1/shows/show-1/export/products.csv')
  expect(links).toHaveLength(5)
})
