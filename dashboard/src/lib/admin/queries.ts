import { type AdminAccount, type AdminSite, ReparteeError } from '@repartee/sdk/admin'
import { infiniteQueryOptions, QueryCache, QueryClient, queryOptions } from '@tanstack/svelte-query'
import { language } from '../i18n/index.ts'
import { chooseLanguage } from '../state/look.svelte.ts'
import { admin } from './admin.ts'
import { isPassing } from './explain-error.ts'

/** How often a read is repeated by itself before its failure is shown. */
const RETRIES = 2
/** What was read this short a time ago is shown without asking again. */
const FRESH_MS = 10_000

let onSignedOut = (): void => undefined

/** Call `leave` whenever the service says that nobody is signed in. */
export const whenSignedOut = (leave: () => void): void => {
  onSignedOut = leave
}

const isSignedOut = (error: unknown): boolean => error instanceof ReparteeError && error.code === 'unauthenticated'

/** What was read from the service: shown at once when a page comes back, and asked for again meanwhile. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => isSignedOut(error) && onSignedOut() }),
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: (count, error) => count < RETRIES && isPassing(error),
      // An act that fails says so itself.
      networkMode: 'always',
    },
  },
})

export const installationQuery = () =>
  queryOptions({
    queryKey: ['installation'],
    queryFn: ({ signal }) => admin.getInstallation(signal),
    staleTime: 60_000,
  })

export const accountQuery = () =>
  queryOptions({ queryKey: ['account'], queryFn: ({ signal }) => admin.getAccount(signal) })

export const passkeysQuery = () =>
  queryOptions({ queryKey: ['account', 'passkeys'], queryFn: ({ signal }) => admin.listPasskeys(signal) })

export const sessionsQuery = () =>
  queryOptions({ queryKey: ['account', 'sessions'], queryFn: ({ signal }) => admin.listSessions(signal) })

export const invitationsQuery = () =>
  queryOptions({ queryKey: ['invitations'], queryFn: ({ signal }) => admin.listInvitations(signal) })

/** The first page of an account's sites, newest first. */
export const siteListQuery = () =>
  queryOptions({ queryKey: ['site-list'], queryFn: ({ signal }) => admin.listSites(undefined, signal) })

/** All of them, page by page. */
export const allSitesQuery = () =>
  infiniteQueryOptions({
    queryKey: ['site-list', 'all'],
    queryFn: ({ pageParam, signal }) => admin.listSites(pageParam ?? undefined, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  })

export const siteQuery = (key: string) =>
  queryOptions({ queryKey: ['sites', key], queryFn: ({ signal }) => admin.getSite(key, signal) })

/** A widget that stops being drawn should show while somebody looks on. */
const WATCH_MS = 30_000

export const siteInstallationQuery = (key: string) =>
  queryOptions({
    queryKey: ['sites', key, 'installation'],
    queryFn: ({ signal }) => admin.getSiteInstallation(key, signal),
    refetchInterval: WATCH_MS,
  })

/** Show a site as an answer of the service describes it. */
export const setSite = (site: AdminSite): void => {
  queryClient.setQueryData(siteQuery(site.key).queryKey, site)
  void queryClient.invalidateQueries({ queryKey: ['site-list'] })
}

/** Somebody has signed in here: nothing of who was here before stays, and the page speaks their language. */
export const takeUpAccount = async (account: AdminAccount): Promise<void> => {
  const installation = queryClient.getQueryData(installationQuery().queryKey)
  queryClient.clear()
  if (installation !== undefined)
    queryClient.setQueryData(installationQuery().queryKey, { ...installation, state: 'ready' as const })
  queryClient.setQueryData(accountQuery().queryKey, account)
  if (account.language !== null && account.language !== language()) await chooseLanguage(account.language)
}

export const setAccount = (account: AdminAccount): void => {
  queryClient.setQueryData(accountQuery().queryKey, account)
}

/** The account is no longer as it was read. */
export const accountChanged = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['account'] })
