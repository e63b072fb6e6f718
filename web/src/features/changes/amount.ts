/** Fen of an amount of yuan as people type it: 99, 99.9, ￥9,900.00, in full-width digits too; null for anything else. */
export function fenOf(typed: string): number | null {
  const plain = typed.normalize('NFKC').replace(/[¥,\s]/g, '')
  if (!/^\d{1,12}(\.\d{1,2})?$/.test(plain)) return null
  const [whole = '0', part = ''] = plain.split('.')
  const fen = Number(whole) * 100 + Number(part.padEnd(2, '0'))
  return Number.isSafeInteger(fen) && fen > 0 ? fen : null
}

/** How far a price is from another, for people: 4.7 times, or a share. */
export function differenceOf(to: number, usual: number): { times: number } | { share: number } {
  const [low, high] = [Math.min(to, usual), Math.max(to, usual)]
  if (low > 0 && high / low >= 2) return { times: Math.round((high / low) * 10) / 10 }
  return { share: usual === 0 ? 0 : (to - usual) / usual }
}
