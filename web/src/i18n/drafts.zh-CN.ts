/** Answers that a model drafts. */
export const drafts = {
  ask: '让模型起草',
  asked: '模型起草中，其他答复照常可用…',
  by: '由模型起草 · {model}',
  quotesNothing: '没有引用商品资料，发送前请核对',
  old: '商品资料有变，这条草稿不能直接发',
  again: '重新起草',
  keep: '存为话术草稿',
  kept: '已存入话术库草稿，待审核',
  refused: '草稿未通过：{why}',
  failed: '没有草稿：{why}',
  on: '模型起草：已开启（{model}）；草稿由人发送',
  off: '模型起草：未配置',
}
export const draftKeys = { draft: '让模型起草答复', sendDraft: '发送模型草稿' }
