import Activity from '@lucide/svelte/icons/activity'
import Code from '@lucide/svelte/icons/code-xml'
import Eye from '@lucide/svelte/icons/eye'
import Laptop from '@lucide/svelte/icons/laptop'
import Mail from '@lucide/svelte/icons/mail'
import Settings from '@lucide/svelte/icons/settings-2'
import Shield from '@lucide/svelte/icons/shield'
import User from '@lucide/svelte/icons/user'
import UserPlus from '@lucide/svelte/icons/user-plus'
import type { AdminAccount } from '@repartee/sdk/admin'
import { resolve } from '$app/paths'
import { t } from '../i18n/index.ts'

type Icon = typeof Activity
export type Place = { readonly id: string; readonly label: string; readonly href: string; readonly icon: Icon }

/** The pages of one site. */
export const sitePlaces = (site: string): Place[] => [
  { id: 'overview', label: t().shell.site.overview, href: resolve('/(app)/sites/[site]', { site }), icon: Activity },
  { id: 'install', label: t().shell.site.install, href: resolve('/(app)/sites/[site]/install', { site }), icon: Code },
  { id: 'preview', label: t().shell.site.preview, href: resolve('/(app)/sites/[site]/preview', { site }), icon: Eye },
  {
    id: 'settings',
    label: t().shell.site.settings,
    href: resolve('/(app)/sites/[site]/settings', { site }),
    icon: Settings,
  },
]

export const accountPlaces = (): Place[] => [
  { id: 'profile', label: t().shell.account.profile, href: resolve('/(app)/account'), icon: User },
  { id: 'security', label: t().shell.account.security, href: resolve('/(app)/account/security'), icon: Shield },
  { id: 'sessions', label: t().shell.account.sessions, href: resolve('/(app)/account/sessions'), icon: Laptop },
]

/** Only operators see these, and the service answers nobody else. */
export const installationPlaces = (account: AdminAccount): Place[] =>
  account.operator
    ? [
        { id: 'mail', label: t().shell.installation.mail, href: resolve('/(app)/installation/mail'), icon: Mail },
        {
          id: 'people',
          label: t().shell.installation.people,
          href: resolve('/(app)/installation/invitations'),
          icon: UserPlus,
        },
      ]
    : []
