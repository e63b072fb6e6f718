import { QueryCache, QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { refused } from './api/client'
import { unauthenticated, useSession } from './api/session'
import { i18n } from './i18n'
import { router } from './router'
import './style.css'

/** A request that did not get through is tried again so often; a refusal is final. */
const RETRIES_MAX = 3

const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: signInAgain }),
  defaultOptions: { queries: { retry: (failures, error) => failures < RETRIES_MAX && !refused(error) } },
})

/** A page whose session has ended leads back to itself through the sign-in. */
function signInAgain(error: unknown, query: { meta?: Record<string, unknown> }) {
  const route = router.currentRoute.value
  if (!unauthenticated(error) || route.meta.open || query.meta?.staysOnPage) return
  useSession().expire()
  void router.push({ path: '/sign-in', query: { to: route.fullPath } })
}

createApp(App).use(createPinia()).use(router).use(i18n).use(VueQueryPlugin, { queryClient }).mount('#app')
