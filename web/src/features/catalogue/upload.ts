import { answer, api, type Schemas } from '../../api/client'

export type Import = Schemas['Import']
export type ImportFault = Schemas['ImportFault']

/** Sends a sheet as it is; the server reads it. */
export const startImport = (file: File): Promise<Import> =>
  answer(
    api.POST('/api/v1/imports', {
      params: { query: { name: file.name } },
      body: file as never,
      bodySerializer: (body: unknown) => body as BodyInit,
      headers: { 'content-type': 'application/octet-stream' },
    }),
  )

/** Rows in which something is wrong that no confirming helps. */
export const rowsWithErrors = (faults: ImportFault[]) =>
  new Set(faults.filter((fault) => fault.severity === 'error').map((fault) => fault.row))

/** Rows that would be left out: those with errors, and those with doubts that nobody has confirmed. */
export function leftOut(leftOut: number[], faults: ImportFault[], confirmed: Set<number>): number[] {
  const wrong = rowsWithErrors(faults)
  const doubted = new Set(faults.map((fault) => fault.row))
  return leftOut.filter((row) => wrong.has(row) || !doubted.has(row) || !confirmed.has(row))
}
