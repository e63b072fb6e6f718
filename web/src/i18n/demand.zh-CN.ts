/** What viewers wish for, what there is of it, and what is not sold. */
export const demand = {
  title: '需求',
  none: '没有集中上升的需求',
  loading: '正在查库存…',
  failed: '库存和台词没取到',
  kinds: { variant: '要规格', restock: '求补货', link: '求链接', show: '求展示' },
  states: { open: '上升中', over: '已回落', done: '已处理' },
  anyProduct: '没对上商品',
  unknownLink: '{n} 号（不在排品）',
  viewers: '{n} 人要',
  comments: '{n} 条弹幕',
  speed: '每分钟 {n} 人',
  speedHint: '近 3 分钟的速度；柱子是近 30 分钟每分钟几人，同一人 5 分钟内只算一次',
  stock: '{label} {n} 件',
  noStock: '{label} 库存未知',
  typed: '手填',
  notOffered: '没卖这个规格，现有：',
  unknownVariant: '商品库没填颜色尺码',
  noLine: '没有可以直接说的话',
  push: '推给主播',
  pushed: '已推',
  close: '处理完',
  closedAs: '已处理',
  closedPushed: '已推台词给主播',
  lately: '刚才：{what}（{state}）',
}

export const missing = {
  none: '没有观众要过没卖的规格',
  noMatch: '没有符合的',
  search: '搜商品、规格',
  variant: '规格',
  viewers: '人数',
  comments: '弹幕',
  lost: '估计丢单',
  wordings: '原话',
  formula: '估计丢单 = 要的人数 × 提过问的人里后来付款的比例（本场 {bought}/{askers}）',
  unknown: '估计丢单：缺失。提过问的人还没有人付款，或付款不带买家',
  forgotten: '更早的 {n} 项需求已不在册',
  failed: '缺失需求没取到',
  exportAll: '导出缺失需求',
}

export const demandKeys = {
  demandNext: '下一项需求',
  demandPush: '把需求台词推给主播',
  demandClose: '需求处理完',
}
