/** Answers that a model drafts. */
export const drafts = {
  ask: 'Let the model draft',
  asked: 'The model is drafting; the other answers can be used meanwhile…',
  by: 'drafted by a model · {model}',
  quotesNothing: 'quotes no fact; check it before you send it',
  old: 'Facts have changed; this draft cannot be sent as it is',
  again: 'Draft again',
  keep: 'Keep as a library draft',
  kept: 'kept among the drafts of the library, to be reviewed',
  refused: 'The draft was refused: {why}',
  failed: 'No draft: {why}',
  on: 'Drafts by a model: on ({model}); a person sends them',
  off: 'Drafts by a model: not configured',
}
export const draftKeys = { draft: 'let the model draft an answer', sendDraft: "send the model's draft" }
