import { expect, test } from 'vitest'
import { solvedShare } from './solved'

const served = (answered: number, solved: number, unsolved: number) => ({
  asked: answered,
  answered,
  automatic: 0,
  in_time: answered,
  missed: 0,
  solved,
  unsolved,
  open: 0,
})

test.each([
  ['nothing was answered', served(0, 0, 0), null],
  ['only failures can be known yet', served(45, 0, 7), null],
  ['most are known', served(100, 60, 20), 0.75],
  ['all are known', served(4, 4, 0), 1],
])('the solved rate when %s', (_, figures, share) => {
  expect(solvedShare(figures)).toBe(share)
})
