import createClient from 'openapi-fetch'
import { currentLanguage } from '../i18n'
import type { components, paths } from './schema'

export type Schemas = components['schemas']
export type Problem = Schemas['Problem']

/** The server refused, and said why. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title)
  }
}

/** A client; screens bring the token of their link, the crew's browser has its cookie. */
export function apiClient(token?: string) {
  const client = createClient<paths>({ baseUrl: '/' })
  client.use({
    onRequest({ request }) {
      request.headers.set('accept-language', currentLanguage())
      if (token) request.headers.set('authorization', `Bearer ${token}`)
    },
  })
  return client
}

export const api = apiClient()

/** The data of an answer, or a ProblemError. */
export async function answer<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call
  if (error !== undefined || !response.ok) {
    const problem = error as Partial<Problem> | undefined
    throw new ProblemError({
      type: 'about:blank',
      code: problem?.code ?? 'unknown',
      title: problem?.title ?? `HTTP ${response.status}`,
      status: response.status,
      ...problem,
    })
  }
  return data as T
}

/** What to show of an error, in one line. */
export function explain(error: unknown): string {
  if (!(error instanceof ProblemError)) return error instanceof Error ? error.message : String(error)
  const { title, detail, errors } = error.problem
  const fields = (errors ?? []).map((e) => `${e.field}: ${e.expected} (${e.found})`)
  return [title, detail, ...fields].filter(Boolean).join(' · ')
}

/** 128 random bits. `crypto.randomUUID` needs a secure context, which a console on a LAN may not be. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join(
    '',
  )
}
