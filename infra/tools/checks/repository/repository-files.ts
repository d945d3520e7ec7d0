import { readdirSync } from 'node:fs'
import { root } from '../deployment-tools.ts'

/** Folders that are installed, built or made at run time. The data folder and artifacts are at the root only. */
const MADE = /^(?:\.git|data|artifacts)$|(?:^|\/)(?:node_modules|dist|coverage|\.svelte-kit)$/

/** Every file of the repository, with `/` between folders, sorted. */
export const repositoryFiles = (): string[] => {
  const below = (folder: string): string[] =>
    readdirSync(`${root}/${folder}`, { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (MADE.test(path)) return []
      return entry.isDirectory() ? below(path) : [path]
    })
  return below('').sort()
}
