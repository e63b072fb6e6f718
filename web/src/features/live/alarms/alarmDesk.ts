import { computed, reactive, ref, shallowRef, watch } from 'vue'
import type { Alarm } from '../../../stream/reduce'
import { isOpen } from './shapes'

export interface AlarmCommands {
  takeAlarm: (alarm: string) => Promise<boolean>
  finishStep: (alarm: string, step: string) => Promise<boolean>
  closeAlarm: (alarm: string, text: string) => Promise<boolean>
}

export type AlarmDesk = ReturnType<typeof useAlarmDesk>

/** Which alarm is chosen, what was asked for and has not come back yet, and what was typed so far for each. */
export function useAlarmDesk(alarms: () => Alarm[], commands: AlarmCommands) {
  const selected = ref<string | null>(null)
  /** Whether somebody here chose it, and as what; until then the worst one is chosen. */
  let chosenHere = false
  let chosenOpen = false
  const closing = ref(false)
  const drafts = reactive(new Map<string, string>())
  /** Commands under way: what was pressed once must not be sent twice. */
  const underWay = reactive(new Set<string>())
  /** The order in which the alarms stood when somebody began to type: a card that moves would lose the focus. */
  const held = shallowRef<string[] | null>(null)

  const list = computed(() => {
    const all = alarms()
    if (held.value === null) return all
    const place = new Map(held.value.map((id, i) => [id, i]))
    const at = (alarm: Alarm) => place.get(alarm.id) ?? Number.MAX_SAFE_INTEGER
    return [...all].sort((a, b) => at(a) - at(b))
  })
  const open = computed(() => list.value.filter(isOpen))
  const chosen = computed(() => list.value.find((alarm) => alarm.id === selected.value))

  watch(
    list,
    (all) => {
      if (closing.value && chosen.value) return
      if (closing.value) leave()
      // When the chosen one is over, the worst that is left takes its place.
      if (chosenHere && chosen.value && isOpen(chosen.value) === chosenOpen) return
      chosenHere = false
      selected.value = open.value[0]?.id ?? all[0]?.id ?? null
    },
    { immediate: true },
  )

  function select(alarm: string) {
    if (alarm !== selected.value) leave()
    selected.value = alarm
    hold()
  }

  /** Whoever has the queue before them acts on what they see: a worse alarm that comes now does not push it aside. */
  function hold() {
    chosenHere = chosen.value !== undefined
    chosenOpen = chosen.value !== undefined && isOpen(chosen.value)
  }

  /** Moves among those that are shown. */
  function move(by: number, shown: Alarm[]) {
    const at = shown.findIndex((alarm) => alarm.id === selected.value)
    const next = shown[Math.min(Math.max(at + by, 0), shown.length - 1)]
    if (next) select(next.id)
  }

  async function once(key: string, send: () => Promise<boolean>) {
    if (underWay.has(key)) return false
    underWay.add(key)
    const accepted = await send()
    underWay.delete(key)
    return accepted
  }

  const take = (alarm: Alarm) =>
    isOpen(alarm) ? once(`take ${alarm.id}`, () => commands.takeAlarm(alarm.id)) : Promise.resolve(false)

  function finish(alarm: Alarm, step: string) {
    const waits = isOpen(alarm) && alarm.steps.some((one) => one.code === step && one.done_at == null)
    if (!waits) return Promise.resolve(false)
    return once(`step ${alarm.id} ${step}`, () => commands.finishStep(alarm.id, step))
  }

  function begin() {
    if (!chosen.value || !isOpen(chosen.value)) return
    held.value = list.value.map((alarm) => alarm.id)
    hold()
    closing.value = true
  }

  function leave() {
    closing.value = false
    held.value = null
  }

  async function close(alarm: string, text: string) {
    leave()
    drafts.delete(alarm)
    const accepted = await once(`close ${alarm}`, () => commands.closeAlarm(alarm, text))
    if (!accepted) drafts.set(alarm, text)
    return accepted
  }

  const busy = (what: 'take' | 'close', alarm: string) => underWay.has(`${what} ${alarm}`)
  const stepBusy = (alarm: string, step: string) => underWay.has(`step ${alarm} ${step}`)
  return {
    list,
    open,
    selected,
    chosen,
    closing,
    drafts,
    select,
    hold,
    move,
    take,
    finish,
    begin,
    leave,
    close,
    busy,
    stepBusy,
  }
}
