import { onScopeDispose } from 'vue'

export type Keys = Record<string, (event: KeyboardEvent) => void>

/** An input method is composing: Enter chooses a word and must do nothing else. */
export const composing = (event: KeyboardEvent) => event.isComposing || event.keyCode === 229

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

/** What a key press means: nothing while somebody types or composes, or holds a modifier. */
export function meaning(event: KeyboardEvent, keys: Keys): ((event: KeyboardEvent) => void) | undefined {
  if (composing(event) || event.ctrlKey || event.metaKey || event.altKey) return undefined
  if (typing(event.target)) return undefined
  if (event.key === 'Enter' && event.target instanceof HTMLButtonElement) return undefined
  return keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
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
