import { ref } from 'vue'
import { apiClient, explain, newId, ProblemError, problemOf, type Schemas } from '../api/client'

const RETRY_FIRST_MS = 500
const RETRY_MAX_MS = 8_000
/** A command whose answer does not come within this is sent again. */
const ANSWER_WITHIN_MS = 10_000
/** A server that fails so often at one command will fail again; those behind it must not wait for ever. */
const FAILURES_MAX = 4
/** Refusals nobody looked at; older ones are of no use. */
const REFUSALS_KEPT = 5

type Sent = { error?: unknown; response: Response }
export type CommandName =
  | 'answer'
  | 'aloud'
  | 'stage'
  | 'clear'
  | 'push'
  | 'acknowledge'
  | 'mark'
  | 'note'
  | 'takeAlarm'
  | 'finishStep'
  | 'closeAlarm'
  | 'closeDemand'
  | 'adjust'
  | 'queueReply'
  | 'setAutoAnswers'
  | 'sendReply'
  | 'setLine'
  | 'sayClosingLine'
  | 'refresh'
  | 'drop'

/** A command that was not done, with what was typed, so that it can be said again. */
export interface Refusal {
  id: string
  what: CommandName
  text: string | null
  why: string
}

interface Queued {
  id: string
  what: CommandName
  text: string | null
  send: (signal: AbortSignal) => Promise<Sent>
  done: (accepted: boolean) => void
}

export type Commands = ReturnType<typeof makeCommands>
const outboxes = new Map<string, Commands>()

/**
 * The commands of one show. They wait outside of any page: whoever goes to the review while the connection is down
 * loses nothing that was typed in the cockpit.
 */
export function useCommands(show: string, token?: string): Commands {
  const key = `${show} ${token ?? ''}`
  const known = outboxes.get(key) ?? makeCommands(show, token)
  outboxes.set(key, known)
  return known
}

function makeCommands(show: string, token?: string) {
  const api = apiClient(token)
  const outbox = makeOutbox()
  const path = { show }
  const { enqueue } = outbox
  return {
    waiting: outbox.waiting,
    refusals: outbox.refusals,
    dismiss: outbox.dismiss,
    retryNow: outbox.retryNow,
    /** `from` is the entry of the FAQ library whose answer was rewritten. */
    answer(question: number, text: string | null, from: string | null = null) {
      const params = { path: { show, question } }
      return enqueue(text === null ? 'aloud' : 'answer', text, (id, signal) => {
        const body = { id, text, spoken: text === null, faq: from, edited: from !== null }
        return api.POST('/api/v1/shows/{show}/questions/{question}/answer', { params, body, signal })
      })
    },
    /** Gives an answer that a card offers. If a fact in it has changed since it was shown, it is refused. */
    give(
      question: number,
      offered: { faq: string | null; template: string; text: string },
      route: Schemas['ReplyRoute'],
    ) {
      const params = { path: { show, question } }
      return enqueue('answer', offered.text, (id, signal) => {
        const { template, text, faq } = offered
        const body = { id, text: template, expected: text, faq, route }
        return api.POST('/api/v1/shows/{show}/questions/{question}/answer', { params, body, signal })
      })
    },
    /** Lets answers go out by themselves, or no longer. */
    setAutoAnswers(to: { precision: number; route: Schemas['ReplyRoute'] } | null) {
      return enqueue('setAutoAnswers', null, (id, signal) => {
        const body =
          to === null
            ? { id, on: false }
            : { id, on: true, precision_permille: to.precision, route: to.route }
        return api.PUT('/api/v1/shows/{show}/auto-answers', { params: { path }, body, signal })
      })
    },
    /** Says that one is typing an answer. It is of no use later, so that it is neither kept nor sent again. */
    async claim(question: number) {
      const params = { path: { show, question } }
      await api
        .POST('/api/v1/shows/{show}/questions/{question}/claim', { params, body: {} })
        .catch(() => null)
    },
    stage(product: string | null) {
      return enqueue(product === null ? 'clear' : 'stage', null, (id, signal) =>
        api.POST('/api/v1/shows/{show}/stage', { params: { path }, body: { id, product }, signal }),
      )
    },
    push(level: 'red' | 'yellow' | 'green', text: string) {
      return enqueue('push', text, (id, signal) => {
        const body = { id, level, text }
        return api.POST('/api/v1/shows/{show}/prompter/cards', { params: { path }, body, signal })
      })
    },
    acknowledge(card: string) {
      const params = { path: { show, card } }
      return enqueue('acknowledge', null, (id, signal) =>
        api.POST('/api/v1/shows/{show}/prompter/cards/{card}/acknowledge', { params, body: { id }, signal }),
      )
    },
    mark(text: string) {
      return enqueue('mark', text, (id, signal) =>
        api.POST('/api/v1/shows/{show}/markers', { params: { path }, body: { id, text }, signal }),
      )
    },
    note(text: string) {
      return enqueue('note', text, (id, signal) =>
        api.POST('/api/v1/shows/{show}/notes', { params: { path }, body: { id, text }, signal }),
      )
    },
    // Ids of alarms contain spaces; the client encodes what it puts into an address.
    takeAlarm(alarm: string) {
      const params = { path: { show, alarm } }
      return enqueue('takeAlarm', null, (id, signal) =>
        api.POST('/api/v1/shows/{show}/alarms/{alarm}/take', { params, body: { id }, signal }),
      )
    },
    finishStep(alarm: string, step: string) {
      const params = { path: { show, alarm, step } }
      return enqueue('finishStep', null, (id, signal) =>
        api.POST('/api/v1/shows/{show}/alarms/{alarm}/steps/{step}/done', { params, body: { id }, signal }),
      )
    },
    closeAlarm(alarm: string, text: string) {
      const params = { path: { show, alarm } }
      return enqueue('closeAlarm', text, (id, signal) =>
        api.POST('/api/v1/shows/{show}/alarms/{alarm}/close', { params, body: { id, text }, signal }),
      )
    },
    closeDemand(demand: number, text: string) {
      const params = { path: { show, demand } }
      return enqueue('closeDemand', text, (id, signal) =>
        api.POST('/api/v1/shows/{show}/demand/{demand}/close', { params, body: { id, text }, signal }),
      )
    },
    queueReply(text: string, question: number | null) {
      return enqueue('queueReply', text, (id, signal) => {
        const body = { id, text, question }
        return api.POST('/api/v1/shows/{show}/replies', { params: { path }, body, signal })
      })
    },
    sendReply(saying: string) {
      const params = { path: { show, saying } }
      return enqueue('sendReply', null, (id, signal) =>
        api.POST('/api/v1/shows/{show}/replies/{saying}/send', { params, body: { id }, signal }),
      )
    },
    setLine(text: string, line: string | null) {
      return enqueue('setLine', text, (id, signal) => {
        const body = { id, line, kind: 'overlay_line' as const, text }
        return api.POST('/api/v1/shows/{show}/lines', { params: { path }, body, signal })
      })
    },
    /** The words are made by the server of the facts that the product has now. */
    sayClosingLine(
      way: Schemas['LineWay'],
      line: { product: string; doubt: Schemas['Doubt']; variant: number },
      shown: string,
    ) {
      return enqueue('sayClosingLine', shown, (id, signal) => {
        const body = { id, way, ...line }
        return api.POST('/api/v1/shows/{show}/closing-lines', { params: { path }, body, signal })
      })
    },
    refresh(saying: string) {
      const params = { path: { show, saying } }
      return enqueue('refresh', null, (id, signal) =>
        api.POST('/api/v1/shows/{show}/sayings/{saying}/refresh', { params, body: { id }, signal }),
      )
    },
    drop(saying: string) {
      const params = { path: { show, saying } }
      return enqueue('drop', null, (id, signal) =>
        api.POST('/api/v1/shows/{show}/sayings/{saying}/drop', { params, body: { id }, signal }),
      )
    },
    adjust(change: Schemas['Change'], product: string | null, text: string) {
      return enqueue('adjust', text, (id, signal) => {
        const body = { id, change, product, text }
        return api.POST('/api/v1/shows/{show}/adjustments', { params: { path }, body, signal })
      })
    },
  }
}

/**
 * Sends commands one after the other, in the order in which they were given. Each carries an id made here, so a command
 * whose answer was lost is sent again with the same id until the server has it or refuses it.
 */
function makeOutbox() {
  const queue: Queued[] = []
  const waiting = ref(0)
  const refusals = ref<Refusal[]>([])
  let working = false
  let wake: (() => void) | undefined

  function enqueue(
    what: CommandName,
    text: string | null,
    send: (id: string, signal: AbortSignal) => Promise<Sent>,
  ): Promise<boolean> {
    const id = newId()
    return new Promise((done) => {
      waiting.value = queue.push({ id, what, text, send: (signal) => send(id, signal), done })
      void work()
    })
  }

  async function work() {
    if (working) return
    working = true
    window.addEventListener('online', retryNow)
    window.addEventListener('beforeunload', warn)
    for (let next = queue[0]; next; next = queue[0]) {
      const why = await refusalOf(next)
      if (why !== null) {
        const { id, what, text } = next
        refusals.value = [...refusals.value, { id, what, text, why }].slice(-REFUSALS_KEPT)
      }
      queue.shift()
      waiting.value = queue.length
      next.done(why === null)
    }
    window.removeEventListener('online', retryNow)
    window.removeEventListener('beforeunload', warn)
    working = false
  }

  /** Null once the server has the command, or why it will not take it. */
  async function refusalOf(command: Queued): Promise<string | null> {
    let failures = 0
    for (let pause = RETRY_FIRST_MS; ; pause = Math.min(pause * 2, RETRY_MAX_MS)) {
      const sent = await command.send(AbortSignal.timeout(ANSWER_WITHIN_MS)).catch(() => null)
      if (sent?.response.ok) return null
      // 500 is a fault that was logged; 502 to 504 pass.
      if (sent?.response.status === 500) failures += 1
      if (sent && (sent.response.status < 500 || failures >= FAILURES_MAX))
        return explain(new ProblemError(problemOf(sent.error, sent.response)))
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause * (0.5 + Math.random()))
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  function retryNow() {
    wake?.()
  }

  function dismiss(refusal: string) {
    refusals.value = refusals.value.filter((one) => one.id !== refusal)
  }

  return { enqueue, waiting, refusals, dismiss, retryNow }
}

/** The browser asks before it closes a page with commands that the server does not have. */
function warn(event: BeforeUnloadEvent) {
  event.preventDefault()
}
