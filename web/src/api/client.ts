import createClient from 'openapi-fetch'
import { currentLanguage, i18n } from '../i18n'
import type { components, paths } from './schema'
import { hearServer } from './serverClock'

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
  const client = createClient<paths>({ baseUrl: '/', fetch: (request) => fetch(request) })
  client.use({
    onRequest({ request }) {
      request.headers.set('accept-language', currentLanguage())
      if (token) request.headers.set('authorization', `Bearer ${token}`)
    },
    onResponse({ response }) {
      hearServer(response.headers.get('date'))
    },
  })
  return client
}

export const api = apiClient()

/** What went wrong, also when the answer comes from something in between that knows no problem documents. */
export function problemOf(error: unknown, response: Response): Problem {
  const told = typeof error === 'object' && error !== null ? (error as Partial<Problem>) : {}
  return {
    type: 'about:blank',
    code: 'unknown',
    title: `HTTP ${response.status}`,
    ...told,
    status: response.status,
  }
}

/** The data of an answer, or a ProblemError. */
export async function answer<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call
  if (error !== undefined || !response.ok) throw new ProblemError(problemOf(error, response))
  return data as T
}

/** The server understood and will not; asking again changes nothing. */
export const refused = (error: unknown) => error instanceof ProblemError && error.problem.status < 500

/** One person may not do it while a show is on air; two may. */
export const needsSecondPerson = (error: unknown) =>
  error instanceof ProblemError && error.problem.code === 'needs_second_person'

/** What to show of an error, in one line. */
export function explain(error: unknown): string {
  // What a browser says of a failed request is in its own language and of no use to the crew.
  if (!(error instanceof ProblemError)) return i18n.global.t('common.unreachable')
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
