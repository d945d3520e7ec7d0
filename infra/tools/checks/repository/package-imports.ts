import { dirname, join, normalize } from 'node:path/posix'

/** Module names of `import … from`, `export … from`, `import '…'`, `import(…)` and `vi.mock(…)` that are relative paths. */
const RELATIVE = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bvi\.mock\(\s*)['"](\.{1,2}\/[^'"]+)['"]/g

export type SourceFile = { readonly path: string; readonly text: string }

/**
 * Relative imports that end in another workspace than they start in, as `FILE imports TARGET`. Packages import each other
 * by name, so that `exports` says what they share. Files outside every workspace, such as infra/deploy, have no other name
 * than their path.
 */
export const relativeCrossings = (files: readonly SourceFile[], workspaces: readonly string[]): string[] => {
  const workspaceOf = (path: string): string | undefined => workspaces.find((folder) => path.startsWith(`${folder}/`))
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(RELATIVE)].flatMap((match) => {
      const target = normalize(join(dirname(path), match[1] ?? ''))
      const workspace = workspaceOf(target)
      return workspace === undefined || workspace === workspaceOf(path) ? [] : [`${path} imports ${target}`]
    }),
  )
}

const TEST_SUPPORT = /['"](?:@repartee\/tools\/|@repartee\/service\/testing\/|(?:\.{1,2}\/)+testing\/)/

/** Production sources that import what only tests and tools may. */
export const importsOfTestSupport = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ path }) => /^\w+\/src\//.test(path) && !path.endsWith('.test.ts'))
    .filter(({ text }) => TEST_SUPPORT.test(text))
    .map(({ path }) => path)
