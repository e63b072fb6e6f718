import { burst, judge, openRoom } from './burst.mjs'

// `make bench ARGS=burst`: a burst of 2,000 comments a second for 30 s, with the browser on the same machine.

const { BURST_RATE = '2000', BURST_SECONDS = '30', BURST_CARDS = '400' } = process.env
const room = await openRoom('弹幕洪峰（合成数据）')
try {
  const figures = await burst(room, {
    perSecond: Number(BURST_RATE),
    seconds: Number(BURST_SECONDS),
    cards: Number(BURST_CARDS),
  })
  judge(figures, 500)
} finally {
  await room.close()
}
