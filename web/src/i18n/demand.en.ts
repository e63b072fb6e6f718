import type { demand as zhDemand, demandKeys as zhKeys, missing as zhMissing } from './demand.zh-CN'

export const demand: typeof zhDemand = {
  title: 'Demand',
  none: 'Nothing rises',
  loading: 'Looking up stock…',
  failed: 'Stock and lines could not be read',
  kinds: { variant: 'wants', restock: 'restock', link: 'link', show: 'show' },
  states: { open: 'rising', over: 'over', done: 'done' },
  anyProduct: 'no product known',
  unknownLink: 'link {n} (not in the line-up)',
  viewers: '{n} viewers',
  comments: '{n} comments',
  speed: '{n} a minute',
  speedHint:
    'Speed of the last 3 minutes; the bars are viewers a minute of the last 30, each once in 5 minutes',
  stock: '{label} {n} left',
  noStock: '{label} stock unknown',
  typed: 'typed',
  notOffered: 'not sold; there is:',
  unknownVariant: 'the catalogue names no colours or sizes',
  noLine: 'nothing can be said as it stands',
  push: 'To the host',
  pushed: 'pushed',
  close: 'Done',
  closedAs: 'done',
  closedPushed: 'line pushed to the host',
  lately: 'just now: {what} ({state})',
}

export const missing: typeof zhMissing = {
  none: 'Nobody wished for a variant that is not sold',
  noMatch: 'Nothing matches',
  search: 'Search product, variant',
  variant: 'Variant',
  viewers: 'Viewers',
  comments: 'Comments',
  lost: 'Orders lost (est.)',
  wordings: 'In their words',
  formula: 'Orders lost = viewers × the share of askers who bought later ({bought}/{askers} in this show)',
  unknown: 'Orders lost: missing. Nobody who asked has bought yet, or payments name no buyer',
  forgotten: '{n} earlier wishes are kept no more',
  failed: 'The missing demand could not be read',
  exportAll: 'Export missing demand',
}

export const demandKeys: typeof zhKeys = {
  demandNext: 'next demand',
  demandPush: 'push the line of the demand',
  demandClose: 'the demand is done',
}
