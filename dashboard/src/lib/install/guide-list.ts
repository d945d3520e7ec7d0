import type { Language } from '$lib/i18n/index.ts'
import type { Guide } from '../../../scripts/guides-plugin.ts'

const files = import.meta.glob<Guide>('../../../../infra/docs/guides/hosts/*.md', { import: 'default' })

/** Kinds of pages in the order in which most people look for theirs; others follow by name. */
const FIRST = ['plain-html', 'wordpress', 'ghost', 'hugo', 'jekyll', 'astro', 'eleventy', 'docusaurus']

const names = [...new Set(Object.keys(files).map((path) => path.replace(/^.*\//, '').replace(/(?:\.\w\w)?\.md$/, '')))]

const rank = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length)

/** What a page can be made with. */
export const hosts: readonly string[] = names.toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b))

/** The guide for one of them. */
export const loadGuide = (host: string, language: Language): Promise<Guide> => {
  const file = `${host}${language === 'en' ? '' : `.${language}`}.md`
  const load = Object.entries(files).find(([path]) => path.endsWith(`/${file}`))?.[1]
  return load === undefined ? Promise.reject(new Error(`there is no guide ${file}`)) : load()
}

/** Proper names, the same in every language. */
const labels: Readonly<Record<string, string>> = { 'plain-html': 'HTML', wordpress: 'WordPress' }

export const hostLabel = (host: string): string => labels[host] ?? host.replace(/^./, (letter) => letter.toUpperCase())
