import type { ParseArgsConfig } from 'node:util'
import type { Config } from '../startup/config.ts'

export type Flags = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>

/** One subcommand: its help text and what it does. */
export type CliCommand = {
  /** Shown after the command's name in the usage line. */
  readonly usage: string
  readonly summary: string
  /** Further lines of `--help`. */
  readonly details: readonly string[]
  readonly flags: NonNullable<ParseArgsConfig['options']>
  /** It signs for readers, so it needs all that the nodes of a service share. */
  readonly serves?: true
  /** How many words it takes after its name. */
  readonly positionals: { readonly min: number; readonly max: number }
  /** Resolves to the process's exit code, or to `null` while it keeps serving. */
  run(context: {
    config: Config
    flags: Flags
    words: readonly string[]
    print: (line: string) => void
  }): Promise<number | null>
}

/** Wrong words on the command line: exit 2; the usage is shown with it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The value of a flag that must be given. */
export const required = (flags: Flags, name: string): string => {
  const value = flags[name]
  if (typeof value !== 'string' || value === '') throw new UsageError(`--${name} is needed`)
  return value
}

export const text = (value: Flags[string]): string | undefined => (typeof value === 'string' ? value : undefined)

export const texts = (value: Flags[string]): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
