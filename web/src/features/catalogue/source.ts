const KINDS = ['manual', 'import', 'change', 'undo', 'connector']

/** Where a version of a fact came from, for people: `undo:3` is the undoing of the third version. */
export function sourceOf(
  source: string,
  t: (key: string, named?: Record<string, unknown>) => string,
): string {
  const [kind = '', ...rest] = source.split(':')
  if (!KINDS.includes(kind)) return source
  return t(`catalogue.sources.${kind}`, { of: rest.join(':').slice(0, 8) })
}
