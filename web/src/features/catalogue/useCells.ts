import { useQueryClient } from '@tanstack/vue-query'
import { computed, reactive, ref } from 'vue'
import { answer, api, explain, ProblemError, refused, type Schemas } from '../../api/client'
import { type Cell, cellKey } from './grid'

type FactToEdit = Schemas['FactToEdit']

/** What was typed into a cell and is not saved, or not yet. */
export interface Draft extends Cell {
  text: string
  version: number
  state: 'saving' | 'stale_edit' | 'needs_confirmation' | 'needs_second_person' | 'fault' | 'failed'
  expected: string
  found: string
}
/** A cell with what it is to be. */
export interface Typed extends Cell {
  text: string
  version: number
  confirmed?: boolean
}
export interface CellFault {
  expected: string
  found: string
}

/** What the server has against single cells, by their place in what was sent. */
export function faultsOf(error: unknown): Map<number, CellFault> {
  const told = error instanceof ProblemError ? (error.problem.errors ?? []) : []
  return new Map(
    told.flatMap(({ field, expected, found }) => {
      const place = /^edits\.(\d+)/.exec(field)?.[1]
      return place === undefined ? [] : [[Number(place), { expected, found }] as const]
    }),
  )
}
export const codeOf = (error: unknown) => (error instanceof ProblemError ? error.problem.code : 'unknown')

export const editOf = ({ row, field, text, version, confirmed }: Typed): FactToEdit => ({
  product: row.product,
  sku: row.sku ?? undefined,
  field: field.code,
  text,
  if_version: version,
  confirmed: confirmed ?? false,
})

/** Saving of cells, and undoing of what was saved on this page. */
export function useCells() {
  const queries = useQueryClient()
  const drafts = reactive(new Map<string, Draft>())
  const done = ref<{ edit: string; facts: number }[]>([])
  const undoing = ref(false)
  const undone = ref(0)
  const failure = ref('')
  /** Saves on their way by cell, and which versions of each cell were overtaken by nothing but own saves. */
  const sending = new Map<string, Promise<void>>()
  const written = new Map<string, { from: number; to: number }>()
  const troubled = computed(() => [...drafts.values()].filter((draft) => draft.state !== 'saving'))

  async function refresh(products: Iterable<string>) {
    const parts = [...new Set(products)].map((product) => ['card', product])
    const keys = [...parts, ['list'], ['edits'], ['history'], ['compare']]
    await Promise.all(keys.map((key) => queries.invalidateQueries({ queryKey: ['catalogue', ...key] })))
  }

  /** Sends edits as one: all of them or none. */
  async function send(edits: FactToEdit[]): Promise<Schemas['EditDone']> {
    undone.value = 0
    const told = await answer(api.POST('/api/v1/facts', { body: { edits } })).catch(async (error) => {
      // What somebody else wrote has to be seen beside what was typed.
      if (codeOf(error) === 'stale_edit') await refresh(edits.map((edit) => edit.product))
      throw error
    })
    if (told.edit) done.value.push({ edit: told.edit, facts: told.facts.length })
    await refresh(edits.map((edit) => edit.product))
    return told
  }

  async function save(typed: Typed) {
    const key = cellKey(typed)
    const draft: Draft = { ...typed, state: 'saving', expected: '', found: '' }
    drafts.set(key, draft)
    failure.value = ''
    const before = sending.get(key)
    const sent = (before ?? Promise.resolve()).then(() => sendCell(key, typed, draft))
    sending.set(key, sent)
    await sent
    if (sending.get(key) === sent) sending.delete(key)
  }

  async function sendCell(key: string, typed: Typed, draft: Draft) {
    // What was typed while an own save was on its way stands upon that save, and is no conflict with it.
    const own = written.get(key)
    const upon = own && own.from <= typed.version && typed.version < own.to ? own : undefined
    const version = upon?.to ?? typed.version
    try {
      const told = await send([editOf({ ...typed, version })])
      const now = told.facts[0]?.version
      if (now !== undefined) written.set(key, { from: upon?.from ?? typed.version, to: now })
      // What was typed meanwhile has a draft of its own.
      if (drafts.get(key)?.text === typed.text) drafts.delete(key)
    } catch (error) {
      if (drafts.get(key)?.text === typed.text) drafts.set(key, { ...draft, ...trouble(error) })
    }
  }

  /** Undoes the last edit of this page. */
  async function undo() {
    const last = done.value.at(-1)
    if (!last || undoing.value) return
    undoing.value = true
    await undoEdit(last.edit)
    undoing.value = false
  }

  async function undoEdit(edit: string) {
    failure.value = ''
    undone.value = 0
    try {
      const told = await answer(api.POST('/api/v1/edits/{edit}/undo', { params: { path: { edit } } }))
      undone.value = told.facts.length
      done.value = done.value.filter((one) => one.edit !== edit)
    } catch (error) {
      failure.value = explain(error)
      if (codeOf(error) === 'edit_undone') done.value = done.value.filter((one) => one.edit !== edit)
    }
    await queries.invalidateQueries({ queryKey: ['catalogue'] })
  }

  const drop = (key: string) => drafts.delete(key)
  return { drafts, troubled, done, undoing, undone, failure, send, save, undo, undoEdit, drop }
}

function trouble(error: unknown): Pick<Draft, 'state' | 'expected' | 'found'> {
  const { expected, found } = faultsOf(error).get(0) ?? { expected: explain(error), found: '' }
  const code = codeOf(error)
  const known = code === 'stale_edit' || code === 'needs_confirmation' || code === 'needs_second_person'
  // Asking again helps only where the server was not asked, or could not answer.
  return { state: known ? code : refused(error) ? 'fault' : 'failed', expected, found }
}
