import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { inPage } from '../../../testing/mounting'
import { useKeys } from './keyboard'

const acts = { j: vi.fn(), h: vi.fn(), Enter: vi.fn(), ' ': vi.fn(), '?': vi.fn(), ArrowLeft: vi.fn() }
let page: { leavePage: () => void }

beforeEach(() => {
  page = inPage(() => ({ keys: useKeys(acts) }))
})
afterEach(() => {
  page.leavePage()
  document.body.innerHTML = ''
  vi.clearAllMocks()
})

/** Presses a key on an element, or on the page; tells whether the browser's own answer to it was prevented. */
function press(key: string, options: KeyboardEventInit & { on?: string } = {}): boolean {
  const { on, ...init } = options
  document.body.innerHTML = on ?? ''
  const target = document.body.querySelector('.target') ?? document.body.firstElementChild ?? document.body
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init })
  target.dispatchEvent(event)
  return event.defaultPrevented
}

test('a key does its thing, and the browser does not do another', () => {
  expect(press('j')).toBe(true)
  expect(acts.j).toHaveBeenCalledTimes(1)
  expect(press('x')).toBe(false)
})

test('capitals, as with caps lock, are the same keys', () => {
  press('H', { shiftKey: true })
  expect(acts.h).toHaveBeenCalledTimes(1)
})

describe('an input method that composes', () => {
  test('keeps Enter to itself', () => {
    expect(press('Enter', { isComposing: true })).toBe(false)
    expect(press('Enter', { keyCode: 229 } as KeyboardEventInit)).toBe(false)
    expect(acts.Enter).not.toHaveBeenCalled()
  })

  test('keeps letters to itself', () => {
    press('h', { isComposing: true })
    expect(acts.h).not.toHaveBeenCalled()
  })
})

test.each(['<input type="text">', '<input>', '<textarea></textarea>', '<select></select>'])(
  'what is typed into %s is text',
  (on) => {
    press('h', { on })
    press('Enter', { on })
    expect(acts.h).not.toHaveBeenCalled()
    expect(acts.Enter).not.toHaveBeenCalled()
  },
)

test('a slider takes no text, so the page keeps its keys after the slider was dragged', () => {
  expect(press('ArrowLeft', { on: '<input type="range">' })).toBe(true)
  expect(acts.ArrowLeft).toHaveBeenCalledTimes(1)
})

test('Enter and space press the button or link that has the focus, and nothing else', () => {
  for (const on of [
    '<button>推送</button>',
    '<a href="/x">复盘</a>',
    '<button><i class="target"></i></button>',
  ]) {
    press('Enter', { on })
    press(' ', { on })
  }
  expect(acts.Enter).not.toHaveBeenCalled()
  expect(acts[' ']).not.toHaveBeenCalled()
  press('j', { on: '<button>推送</button>' })
  expect(acts.j).toHaveBeenCalledTimes(1)
})

test('a drop-down that has the focus keeps the keys that it is used with, and no others', () => {
  const on = '<div class="n-base-selection"><div class="target" tabindex="0"></div></div>'
  expect(press('Enter', { on })).toBe(false)
  expect(press(' ', { on })).toBe(false)
  expect(acts.Enter).not.toHaveBeenCalled()
  press('j', { on })
  expect(acts.j).toHaveBeenCalledTimes(1)
})

test('shortcuts of the browser stay the browser’s', () => {
  for (const modifier of ['ctrlKey', 'metaKey', 'altKey']) press('h', { [modifier]: true })
  expect(acts.h).not.toHaveBeenCalled()
})

test('a key that is held down moves on and on, but does a thing only once', () => {
  press('h')
  for (let i = 0; i < 5; i += 1) {
    press('h', { repeat: true })
    press('j', { repeat: true })
  }
  expect(acts.h).toHaveBeenCalledTimes(1)
  expect(acts.j).toHaveBeenCalledTimes(5)
})

test('a page that was left hears no keys', () => {
  press('j')
  page.leavePage()
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }))
  expect(acts.j).toHaveBeenCalledTimes(1)
})
