import type { VueWrapper } from '@vue/test-utils'
import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { mountIn } from '../../../testing/mounting'
import { comment, START } from '../../../testing/rooms'
import CommentStream from './CommentStream.vue'

const many = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => comment(from + i))
const texts = (stream: VueWrapper) =>
  stream.findAll('[data-testid=comment-row]').map((row) => row.findAll('bdi')[1]?.text())

const ROW_PX = 20
const BOX_PX = 100

/** A list that is drawn nowhere has no heights; this one has those of its rows. */
function streamOf(known: Record<string, unknown>) {
  const stream = mountIn(CommentStream, { props: known })
  const box = stream.get('.rows').element as HTMLElement
  Object.defineProperty(box, 'clientHeight', { get: () => BOX_PX })
  Object.defineProperty(box, 'scrollHeight', {
    get: () => box.querySelectorAll('[data-testid=comment-row]').length * ROW_PX,
  })
  const scrollTo = async (top: number) => {
    box.scrollTop = top
    await stream.get('.rows').trigger('scroll')
    await flushPromises()
  }
  return { stream, box, scrollTo }
}

test.each([
  ['markup', '<script>alert(1)</script><img src=x onerror=alert(2)>'],
  ['a bidi override', '买\u202E一送二\u202C'],
  ['zero-width characters', '\u200B链\u200D接\uFEFF'],
  ['ten thousand combining marks', `a${'\u0301'.repeat(10_000)}`],
  ['a template', '{{ constructor.constructor("alert(1)")() }}'],
])('a comment of %s is only ever text, kept apart from its neighbours', (_, text) => {
  const stream = mountIn(CommentStream, { props: { comments: [comment(1, { text, name: text })] } })
  const [name, words] = stream.findAll('bdi')
  expect(name?.element.textContent).toBe(text)
  expect(words?.element.textContent).toBe(text)
  expect(words?.element.children).toHaveLength(0)
  expect(stream.find('script, img').exists()).toBe(false)
})

test('a comment shows when it was written, and what it asks for in the words of the crew', () => {
  const comments = [comment(1, { at: START, intent: 'price' }), comment(2, { intent: 'brand_new' })]
  const rows = mountIn(CommentStream, { props: { comments } }).findAll('[data-testid=comment-row]')
  expect(rows[0]?.text()).toContain('20:00:00')
  expect(rows[0]?.text()).toContain('价格')
  expect(rows[1]?.text()).toContain('brand_new')
})

test('comments that do not count say why', () => {
  const comments = [comment(1, { quality: 'history', intent: 'price' }), comment(2, { quality: 'sampled' })]
  const rows = mountIn(CommentStream, { props: { comments } }).findAll('[data-testid=comment-row]')
  expect(rows[0]?.get('.tag').text()).toBe('历史')
  expect(rows[1]?.get('.tag').text()).toBe('采样')
})

test('a masked name leaves a dash, and an empty stream says that it is empty', async () => {
  const stream = mountIn(CommentStream, { props: { comments: [comment(1, { name: '' })] } })
  expect(stream.get('.who').text()).toBe('—')
  await stream.setProps({ comments: [] })
  expect(stream.text()).toContain('还没有弹幕')
})

test('the stream follows its end', async () => {
  const { stream, box } = streamOf({ comments: many(1, 10) })
  await stream.setProps({ comments: many(1, 30) })
  await flushPromises()
  expect(box.scrollTop).toBe(30 * ROW_PX)
})

test('who scrolled up reads on in peace, whatever rushes in, and is told how much', async () => {
  const { stream, scrollTo } = streamOf({ comments: many(1, 20) })
  await scrollTo(0)
  // A burst pushes everything out that was there.
  await stream.setProps({ comments: many(21, 120) })
  await stream.setProps({ comments: many(121, 320) })
  expect(texts(stream)).toEqual(many(1, 20).map((one) => one.text))
  expect(stream.get('.new').text()).toBe('↓ 300 条新弹幕')
})

test('the button leads back to the end, and so does scrolling there', async () => {
  const { stream, box, scrollTo } = streamOf({ comments: many(1, 20) })
  await scrollTo(0)
  await stream.setProps({ comments: many(11, 40) })
  await stream.get('.new').trigger('click')
  await flushPromises()
  expect(texts(stream).at(-1)).toBe('弹幕40')
  expect(stream.find('.new').exists()).toBe(false)

  await scrollTo(0)
  await stream.setProps({ comments: many(21, 60) })
  await scrollTo(box.scrollHeight - BOX_PX)
  expect(texts(stream).at(-1)).toBe('弹幕60')
  expect(box.scrollTop).toBe(40 * ROW_PX)
})

test('the comments of one moment are those of that moment, also for who scrolled up', async () => {
  const { stream, scrollTo } = streamOf({ comments: many(1, 20), still: true })
  await scrollTo(0)
  await stream.setProps({ comments: many(5, 8) })
  expect(texts(stream)).toEqual(many(5, 8).map((one) => one.text))
  expect(stream.find('.new').exists()).toBe(false)
})

test('a search finds words and names, and says when there are none', async () => {
  const comments = [
    comment(1, { text: '有 XL 吗' }),
    comment(2, { text: '多少钱', name: '小鱼' }),
    comment(3),
  ]
  const stream = mountIn(CommentStream, { props: { comments } })
  await stream.get('input').setValue('xl')
  expect(texts(stream)).toEqual(['有 XL 吗'])
  await stream.get('input').setValue('小鱼')
  expect(texts(stream)).toEqual(['多少钱'])
  await stream.get('input').setValue('没有这个')
  expect(stream.text()).toContain('没有符合的弹幕')
  await stream.get('input').trigger('keydown', { key: 'Escape' })
  expect(texts(stream)).toHaveLength(3)
})

test('comments that came too fast to be shown are counted', async () => {
  const stream = mountIn(CommentStream, { props: { comments: many(1, 3), leftOut: 0 } })
  expect(stream.text()).not.toContain('未显示')
  await stream.setProps({ leftOut: 412 })
  expect(stream.text()).toContain('412 条未显示')
})
