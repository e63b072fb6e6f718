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
