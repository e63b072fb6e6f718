import { createI18n } from 'vue-i18n'
import { en } from './en'
import { zhCN } from './zh-CN'

export type Language = 'zh-CN' | 'en'
const KEY = 'livehand.language'

function remembered(): Language {
  return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh-CN'
}

export const i18n = createI18n({
  legacy: false,
  locale: remembered(),
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zhCN, en },
})

export function currentLanguage(): Language {
  return i18n.global.locale.value as Language
}

/** A message that the server sent in both languages. */
export const words = (of: { zh: string; en: string }) => (currentLanguage() === 'en' ? of.en : of.zh)

export function setLanguage(language: Language) {
  i18n.global.locale.value = language
  localStorage.setItem(KEY, language)
  document.documentElement.lang = language
}
document.documentElement.lang = currentLanguage()
