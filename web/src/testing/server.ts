import { vi } from 'vitest'

export interface Asked {
  method: string
  path: string
  body: Record<string, unknown>
  authorization: string | null
}

type Answer = { status: number; body?: unknown } | 'unreachable'

/** A server that answers as it is told and remembers what it was asked. */
export function fakeServer(answer: (asked: Asked) => Answer | Promise<Answer>): Asked[] {
  const asked: Asked[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const text = await request.text()
    const url = new URL(request.url)
    const one: Asked = {
      method: request.method,
      path: url.pathname + url.search,
      // A file is sent as it is.
      body: text && isJson(request) ? JSON.parse(text) : {},
      authorization: request.headers.get('authorization'),
    }
    asked.push(one)
    const answered = await answer(one)
    if (answered === 'unreachable') throw new TypeError('Failed to fetch')
    const body = answered.body === undefined ? '{}' : JSON.stringify(answered.body)
    return new Response(body, {
      status: answered.status,
      headers: { 'content-type': 'application/json' },
    })
  })
  return asked
}

const isJson = (request: Request) => request.headers.get('content-type')?.includes('json') ?? false

export const problem = (status: number, title: string) => ({
  status,
  body: { type: '/problems/x', code: 'x', title, status },
})
