import { useQuery } from '@tanstack/vue-query'
import { answer, api } from '../../api/client'

/** How the shop runs its after-sale. Others seldom change it, so it is asked for again only when somebody here does. */
export const useAfterSale = () =>
  useQuery({
    queryKey: ['tickets', 'settings'],
    queryFn: () => answer(api.GET('/api/v1/after-sale/settings')),
    staleTime: 60_000,
  })
