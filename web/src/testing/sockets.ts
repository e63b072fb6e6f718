import { vi } from 'vitest'
import type { Schemas } from '../api/client'

/** A server's end of the sockets that a page opens. */
export class FakeSocket {
  static opened: FakeSocket[] = []
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: (() => void) | null = null
  closed = false

  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    FakeSocket.opened.push(this)
  }

  /** The page closes it. */
  close() {
    this.closed = true
  }

  /** The server sends a frame. */
  send(frame: Schemas['StreamFrame']) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }

  /** The connection breaks. */
  drop() {
    this.onclose?.()
  }

  static get last(): FakeSocket {
    const socket = FakeSocket.opened.at(-1)
    if (!socket) throw new Error('the page opened no socket')
    return socket
  }
}

export function fakeSockets() {
  FakeSocket.opened = []
  vi.stubGlobal('WebSocket', FakeSocket)
}
