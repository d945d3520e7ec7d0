import { dirname, join, normalize } from 'node:path/posix'

const LINK = /\]\(([^)\s]+)\)/g
/** A path from the root: not a part of a longer path, of a package's name or of an address. */
const FROM_ROOT = /(?<![\w./@:-])(?:\.github|\.changeset|\w+)(?:\/[\w.+@-]+)+/g

/**
 * Every path of the repository that a Markdown file names, from the root: targets of its relative links, and paths
 * that begin with one of the `folders`. What a build makes (`dist`) is left out.
 */
export const namedPaths = (file: string, text: string, folders: ReadonlySet<string>): string[] => {
  const linked = [...text.matchAll(LINK)]
    .map((match) => (match[1] ?? '').replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
    .map((target) => normalize(join(dirname(file), target)))
  const written = [...text.replaceAll(LINK, ']').matchAll(FROM_ROOT)]
    .map(([path]) => path.replace(/[.]+$/, ''))
    .filter((path) => folders.has(path.slice(0, path.indexOf('/'))))
  return [...new Set([...linked, ...written])]
    .map((path) => path.replace(/\/$/, ''))
    .filter((path) => !/\/dist(?:\/|$)/.test(path))
}
