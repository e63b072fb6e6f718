import { onScopeDispose } from 'vue'

export type Keys = Record<string, (event: KeyboardEvent) => void>

/** An input method is composing: Enter chooses a word and must do nothing else. */
export const composing = (event: KeyboardEvent) => event.isComposing || event.keyCode === 229

/** Inputs that take no text leave the keys to the page. */
const TEXTLESS = ['range', 'checkbox', 'radio', 'button', 'submit']
/** A key that is held down moves on and on, but does a thing only once. */
const REPEATABLE = ['j', 'k', '[', ']', 'ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight']

function typing(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !TEXTLESS.includes(target.type)
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['TEXTAREA', 'SELECT'].includes(target.tagName))
  )
}

/** Enter and space belong to the button or link that has the focus. */
const pressing = (event: KeyboardEvent) =>
  [' ', 'Enter'].includes(event.key) &&
  event.target instanceof Element &&
  event.target.closest('button, a[href], summary') !== null

/** Keys with which a drop-down is opened, walked through and closed. */
const CHOOSING = [' ', 'Enter', 'ArrowDown', 'ArrowUp', 'Escape']

/** A drop-down that has the focus is used with the keys that move along the lists of a page. */
const choosing = (event: KeyboardEvent) =>
  CHOOSING.includes(event.key) &&
  event.target instanceof Element &&
  event.target.closest('.n-base-selection, .n-base-select-menu') !== null

/** What a key press means: nothing while somebody types or composes, or holds a modifier. */
export function meaning(event: KeyboardEvent, keys: Keys): ((event: KeyboardEvent) => void) | undefined {
  if (composing(event) || event.ctrlKey || event.metaKey || event.altKey) return undefined
  if (typing(event.target) || pressing(event) || choosing(event)) return undefined
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  if (event.repeat && !REPEATABLE.includes(key)) return undefined
  return keys[key]
}

/** Listens for as long as the page lives. */
export function useKeys(keys: Keys) {
  const listen = (event: KeyboardEvent) => {
    const act = meaning(event, keys)
    if (!act) return
    event.preventDefault()
    act(event)
  }
  window.addEventListener('keydown', listen)
  onScopeDispose(() => window.removeEventListener('keydown', listen))
}
