import type { WordingHit, WordingVerdict } from '../features/wording/wording'

/** A hit of the wording check. */
export function hit(known: Partial<WordingHit> = {}): WordingHit {
  return {
    start: 0,
    end: 6,
    start_char: 0,
    end_char: 2,
    found: '最好',
    word: '最好',
    category: 'superlative_zui',
    category_name: '绝对化用语',
    level: 'block',
    passes: false,
    basis: '《广告法》第九条',
    suggestions: ['很受欢迎', '品质不错', '口碑好'],
    why: '“最好”：属于绝对化用语。',
    ...known,
  }
}

/** A verdict with these hits. */
export function verdict(...hits: WordingHit[]): WordingVerdict {
  return { hits, level: hits[0]?.level ?? null, stale: null }
}
