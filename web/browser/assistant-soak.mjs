import { judge, openShop, play } from './assistant.mjs'

// A whole show of 12,000 messages in real time, with one assistant at a keyboard: part of `make soak`.

const {
  SHOW_MESSAGES = '12000',
  SHOW_MINUTES = '120',
  SHOW_IN_TIME = '95',
  SHOW_AUTOMATIC = '0',
} = process.env
const messages = Number(SHOW_MESSAGES)
const shop = await openShop('助理一场（合成数据）')
try {
  const played = await play(shop, {
    messages,
    minutes: Number(SHOW_MINUTES),
    automatic: Number(SHOW_AUTOMATIC),
  })
  judge(played, { messages, inTimeMin: Number(SHOW_IN_TIME) })
} finally {
  await shop.close()
}
