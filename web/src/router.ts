import { createRouter, createWebHistory } from 'vue-router'
import { useSession } from './api/session'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: '/shows' },
    { path: '/sign-in', component: () => import('./features/identity/SignInPage.vue'), meta: { open: true } },
    { path: '/enter', component: () => import('./features/identity/EnterPage.vue'), meta: { open: true } },
    { path: '/people', component: () => import('./features/identity/PeoplePage.vue') },
    { path: '/account', component: () => import('./features/identity/AccountPage.vue') },
    { path: '/changes', component: () => import('./features/changes/ChangesPage.vue') },
    { path: '/shows', component: () => import('./features/shows/ShowsPage.vue') },
    // Until a product has pages of its own for these.
    { path: '/products/:product/offers', redirect: '/offers' },
    { path: '/products/:product/stock', redirect: '/stock' },
    { path: '/offers', component: () => import('./features/offers/OffersPage.vue') },
    { path: '/faq', component: () => import('./features/faq/FaqPage.vue') },
    { path: '/wording', component: () => import('./features/wording/WordingPage.vue') },
    { path: '/shows/:show', component: () => import('./features/live/cockpit/CockpitPage.vue'), props: true },
    {
      path: '/shows/:show/prompter',
      component: () => import('./features/live/screens/PrompterPage.vue'),
      props: true,
      meta: { bare: true },
    },
    { path: '/shows/:show/lineup', component: () => import('./features/lineup/LineupPage.vue'), props: true },
    { path: '/shows/:show/review', component: () => import('./features/review/ReviewPage.vue'), props: true },
    { path: '/customers', component: () => import('./features/privacy/CustomersPage.vue') },
    { path: '/privacy', component: () => import('./features/privacy/RecordsPage.vue') },
    { path: '/orders', component: () => import('./features/orders/OrdersPage.vue') },
    { path: '/orders/verification', component: () => import('./features/verification/VerificationPage.vue') },
    { path: '/orders/:order', component: () => import('./features/orders/OrderPage.vue'), props: true },
    {
      path: '/orders/:order/evidence',
      component: () => import('./features/orders/OrderPackPage.vue'),
      props: true,
      meta: { bare: true },
    },
    { path: '/tickets', component: () => import('./features/tickets/TicketsPage.vue') },
    {
      path: '/tickets/intercepts',
      component: () => import('./features/tickets/InterceptsPage.vue'),
    },
    { path: '/tickets/:ticket', component: () => import('./features/tickets/TicketPage.vue'), props: true },
    {
      path: '/warehouse',
      component: () => import('./features/warehouse/WarehousePage.vue'),
      meta: { bare: true },
    },
    { path: '/stock/holds', component: () => import('./features/stock/HoldsPage.vue') },
    { path: '/stock', component: () => import('./features/stock/StockPage.vue') },
    { path: '/products', component: () => import('./features/catalogue/CataloguePage.vue') },
    { path: '/products/import', component: () => import('./features/catalogue/ImportPage.vue') },
    { path: '/products/compare', component: () => import('./features/catalogue/ComparePage.vue') },
    {
      path: '/products/:product',
      component: () => import('./features/catalogue/ProductPage.vue'),
      props: true,
    },
    {
      path: '/products/:product/ledger',
      component: () => import('./features/ledger/LedgerPage.vue'),
      props: true,
    },
    { path: '/claims', component: () => import('./features/ledger/ClaimsPage.vue') },
    {
      path: '/claims/:claim/evidence',
      component: () => import('./features/ledger/PackPage.vue'),
      props: true,
      meta: { bare: true },
    },
    {
      path: '/screen/:kind',
      component: () => import('./features/live/screens/ScreenPage.vue'),
      props: true,
      meta: { open: true, bare: true },
    },
    { path: '/:rest(.*)*', redirect: '/shows' },
  ],
})

router.beforeEach(async (to) => {
  if (to.meta.open) return true
  const session = useSession()
  await session.load()
  return session.me ? true : { path: '/sign-in', query: { to: to.fullPath } }
})
