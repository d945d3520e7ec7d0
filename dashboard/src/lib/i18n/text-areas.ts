import type { Language } from './languages.ts'

/** The texts of each part of the dashboard, loaded with its pages. */
const english = {
  common: () => import('./en-common.ts').then((module) => module.common),
  errors: () => import('./en-errors.ts').then((module) => module.errors),
  auth: () => import('./en-auth.ts').then((module) => module.auth),
  shell: () => import('./en-shell.ts').then((module) => module.shell),
  install: () => import('./en-install.ts').then((module) => module.install),
  installation: () => import('./en-installation.ts').then((module) => module.installation),
  preview: () => import('./en-preview.ts').then((module) => module.preview),
  settings: () => import('./en-settings.ts').then((module) => module.settings),
  sites: () => import('./en-sites.ts').then((module) => module.sites),
  account: () => import('./en-account.ts').then((module) => module.account),
}

type Loaders = typeof english
export type TextArea = keyof Loaders
export type Texts = { readonly [A in TextArea]: Awaited<ReturnType<Loaders[A]>> }

/** A language that lacks a text of the English table does not compile. */
const loaders: Readonly<Record<Language, { readonly [A in TextArea]: () => Promise<Texts[A]> }>> = {
  en: english,
  vi: {
    common: () => import('./vi-common.ts').then((module) => module.common),
    errors: () => import('./vi-errors.ts').then((module) => module.errors),
    auth: () => import('./vi-auth.ts').then((module) => module.auth),
    shell: () => import('./vi-shell.ts').then((module) => module.shell),
    install: () => import('./vi-install.ts').then((module) => module.install),
    installation: () => import('./vi-installation.ts').then((module) => module.installation),
    preview: () => import('./vi-preview.ts').then((module) => module.preview),
    settings: () => import('./vi-settings.ts').then((module) => module.settings),
    sites: () => import('./vi-sites.ts').then((module) => module.sites),
    account: () => import('./vi-account.ts').then((module) => module.account),
  },
}

export const areaNames = Object.keys(english) as TextArea[]

/** The table of one part in one language. Rejects where its file cannot be fetched. */
export const loadArea = <A extends TextArea>(language: Language, area: A): Promise<Texts[A]> =>
  loaders[language][area]()
