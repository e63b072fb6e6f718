const DIGITS = '零一二三四五六七八九'
const PLACES = ['', '十', '百', '千']
const GROUPS = ['', '万', '亿', '万亿']

/** Up to four digits, without zeros at the end: 2680 is 二千六百八十. */
function group(value: number): string {
  let words = ''
  let gap = false
  for (let place = 3; place >= 0; place--) {
    const digit = Math.floor(value / 10 ** place) % 10
    if (digit === 0) gap = words !== ''
    else {
      words += `${gap ? '零' : ''}${DIGITS[digit]}${PLACES[place]}`
      gap = false
    }
  }
  return words
}

function whole(value: number): string {
  if (value === 0) return '零'
  const groups: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 10_000)) groups.push(rest % 10_000)
  let words = ''
  for (let place = groups.length - 1; place >= 0; place--) {
    const value = groups[place] ?? 0
    if (value === 0) continue
    const zero = words && (value < 1000 || groups[place + 1] === 0) ? '零' : ''
    words += `${zero}${group(value)}${GROUPS[place]}`
  }
  return words.startsWith('一十') ? words.slice(1) : words
}

/** An amount as it is read aloud, so that a missing digit is heard: 268万 is 二百六十八万元, 26.8万 is 二十六万八千元. */
export function inWords(fen: number): string {
  const sign = fen < 0 ? '负' : ''
  const all = Math.abs(fen)
  const [yuan, jiao, last] = [Math.floor(all / 100), Math.floor(all / 10) % 10, all % 10]
  let words = `${whole(yuan)}元`
  if (jiao) words += `${DIGITS[jiao]}角`
  else if (last) words += '零'
  if (last) words += `${DIGITS[last]}分`
  return sign + words
}
