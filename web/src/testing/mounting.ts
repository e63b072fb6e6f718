import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { type Component, effectScope } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { Schemas } from '../api/client'
import { type Action, useSession } from '../api/session'
import { i18n } from '../i18n'

interface Options {
  props?: Record<string, unknown>
  permissions?: Action[]
  /** The model that drafts, where the server has one. */
  drafts?: string
  global?: { stubs?: Record<string, unknown> }
}

/** Mounts a component as the console does, with its language, its session and a router that leads nowhere. */
export function mountIn(component: Component, options: Options = {}): VueWrapper {
  const pinia = createPinia()
  setActivePinia(pinia)
  const person = { id: 'person-1', name: '助理一一' }
  const permissions = options.permissions ?? []
  useSession().enter({
    person,
    permissions,
    hats: [],
    version: 'test',
    drafts: options.drafts ?? null,
  } satisfies Schemas['Me'])
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:rest(.*)*', component: { template: '<div />' } }],
  })
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const plugins = [pinia, router, i18n, [VueQueryPlugin, { queryClient }]] as never
  const { props, global } = options
  const mounting: Record<string, unknown> = { attachTo: document.body, props, global: { ...global, plugins } }
  return mount(component, mounting)
}

/** Runs a composable as a page does, until `leavePage`. */
export function inPage<T>(run: () => T): T & { leavePage: () => void } {
  const scope = effectScope()
  const result = scope.run(run) as T & object
  return { ...result, leavePage: () => scope.stop() }
}
