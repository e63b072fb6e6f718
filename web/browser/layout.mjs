import assert from 'node:assert/strict'
import { join } from 'node:path'
import { SCREENSHOTS } from './program.mjs'

/** Windows of a small laptop, a usual one, and a large screen. */
export const SIZES = [
  [1280, 720],
  [1366, 768],
  [1920, 1080],
]

/** Nothing is larger than its room in any of these sizes; a picture of the smallest and the largest for whoever looks. */
export async function look(page, name, sizes = SIZES) {
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height })
    assert.deepEqual(await overflowing(page), [], `${name} at ${width}`)
    const pictured = width === sizes[0][0] || width === sizes.at(-1)[0]
    if (pictured) await page.screenshot({ path: join(SCREENSHOTS, `${name}-${width}.png`) })
  }
  await page.setViewportSize({ width: sizes[0][0], height: sizes[0][1] })
}

/** What is larger than the room that it has, apart from lists that scroll and texts that end in dots. */
export function overflowing(page) {
  return page.evaluate(async () => {
    // The chart takes its new size a frame after the window.
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame)
    const cut = (element) => {
      const style = getComputedStyle(element)
      const wide = element.scrollWidth - element.clientWidth > 1 && style.textOverflow !== 'ellipsis'
      const high =
        element.scrollHeight - element.clientHeight > 1 && !['auto', 'scroll'].includes(style.overflowY)
      return element.clientWidth > 0 && (wide || high)
    }
    return [
      ...document.querySelectorAll(
        'body, main, header, .column, .tiles, .panel, .panel > *:not(.scroll):not(svg)',
      ),
    ]
      .filter(cut)
      .map((element) => `${element.tagName}.${element.className}`)
  })
}
