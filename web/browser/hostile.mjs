import assert from 'node:assert/strict'

// What each of these would do if it were more than text.
const SCRIPT = '<script>window.hacked=1</script>'
const IMAGE = '<img src=x onerror="window.hacked=2">'
const BIDI = '\u202E价格\u2066反\u202C'
const ZERO_WIDTH = '零\u200B宽\u200C字\uFEFF符\u2060'
const NUL = '空\u0000字\u0007符'
const MARKS = `堆${'\u0301'.repeat(10_000)}叠`

/** Characters that change how others are drawn, or cannot be drawn. */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}]/u

/** Comments of all kinds; one asks a question, so that it stands on a card too. */
export function hostileComments(round) {
  const texts = [SCRIPT, BIDI, ZERO_WIDTH, NUL, MARKS, `敏感肌能用吗${IMAGE}${BIDI}`]
  return texts.map((text, i) => ({
    id: `hostile-${round}-${i}`,
    at: Date.now(),
    type: 'comment',
    user: `hostile-${i}`,
    name: `敌意${i}${i === 4 ? '\u0301'.repeat(100) : `<b>${i}</b>\u202E`}`,
    text,
  }))
}

/** What a member of the crew might paste. */
export const HOSTILE_CUE = `${IMAGE}${BIDI}${SCRIPT}`

/** How the screens show these comments: what is seen stays, what is not seen is gone. */
export const HOSTILE_SHOWN = [SCRIPT, '价格反', '零宽字符', /空 ?字 ?符/, '敌意0<b>0</b>', /堆\p{M}{0,4}叠/u]
export const HOSTILE_QUESTION = `敏感肌能用吗${IMAGE}价格反`
export const HOSTILE_CUE_SHOWN = `${IMAGE}价格反${SCRIPT}`

/** Shows that a page drew it all as text, and that no text left its row. */
export async function assertInert(page, shown) {
  const found = await page.evaluate(() => ({
    hacked: window.hacked,
    elements: [...document.querySelectorAll('main script, main img, main iframe, main b b, bdi *')].map(
      (element) => element.outerHTML,
    ),
    text: document.body.innerText,
    tall: [...document.querySelectorAll('[data-testid=comment-row]')]
      .filter(
        (row) => row.getBoundingClientRect().height > 120 || getComputedStyle(row).contain !== 'content',
      )
      .map((row) => row.textContent),
  }))
  assert.equal(found.hacked, undefined, 'something ran')
  assert.deepEqual(found.elements, [], 'something became an element')
  assert.deepEqual(found.tall, [], 'every comment stays within its row')
  assert.doesNotMatch(found.text, UNSEEN)
  const text = found.text.normalize('NFD')
  for (const words of shown) {
    const there = typeof words === 'string' ? text.includes(words) : words.test(text)
    assert.ok(there, `${words} is shown as it was written`)
  }
}
