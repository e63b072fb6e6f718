type Say = (key: string, words: Record<string, string | number>) => string

/** How long ago something was, in words: 10:22 would be read as a time of day. A clock that lags behind is no future. */
export function ageText(ms: number, t: Say): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  const [h, m] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  if (h > 0) return t('metrics.age', { t: t('metrics.hours', { h, m }) })
  return t('metrics.age', {
    t: m > 0 ? t('metrics.minutes', { n: m }) : t('metrics.seconds', { n: seconds }),
  })
}
