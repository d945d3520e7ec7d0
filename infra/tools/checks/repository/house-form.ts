const SOURCE = /\.(?:ts|js|mjs|svelte|css|sql|sh|go)$/
/** Entries of packages, settings of tools, and SvelteKit's routes have the names their tools look for. */
const NAMED_BY_TOOLS = /^index\.\w+$|\.config\.\w+$|^\+/
const MOST_LINES = 400

const isSource = (path: string): boolean => SOURCE.test(path)
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Source files that share a name, each group as its paths: a file must be found by its name alone. */
export const doubledNames = (paths: readonly string[]): string[][] => {
  const named = paths.filter((path) => isSource(path) && !NAMED_BY_TOOLS.test(nameOf(path)))
  const groups = new Map<string, string[]>()
  for (const path of named) groups.set(nameOf(path), [...(groups.get(nameOf(path)) ?? []), path])
  return [...groups.values()].filter((group) => group.length > 1)
}

/** Source files that are longer than one sitting can read, as `PATH: LINES`. */
export const longFiles = (files: readonly { readonly path: string; readonly text: string }[]): string[] =>
  files
    .filter(({ path }) => isSource(path))
    .map(({ path, text }) => ({ path, lines: text.replace(/\n$/, '').split('\n').length }))
    .filter(({ lines }) => lines > MOST_LINES)
    .map(({ path, lines }) => `${path}: ${lines}`)
