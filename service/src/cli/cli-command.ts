import type { ParseArgsConfig } from 'node:util'
import type { Config } from '../startup/config.ts'

export type Flags = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>

/** A command: its help text and what it does. */
export type CliCommand = {
  /** Shown after the command's name in the usage line. */
  readonly usage: string
  readonly summary: string
  /** More lines of `--help`. */
  readonly details: readonly string[]
  readonly flags: NonNullable<ParseArgsConfig['options']>
  /** It signs reader tokens, so it needs the complete configuration. */
  readonly serves?: true
  /** It runs before there is a valid configuration. */
  readonly needsNoConfig?: true
  /** The number of arguments it takes, without flags. */
  readonly argCount: { readonly min: number; readonly max: number }
  /** Resolves to the process's exit code, or to `null` while it keeps serving. */
  run(context: {
    config: Config
    flags: Flags
    args: readonly string[]
    print: (line: string) => void
  }): Promise<number | null>
}

/** A mistake on the command line. The usage is shown with it, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The value of a required flag. */
export const required = (flags: Flags, name: string): string => {
  const value = flags[name]
  if (typeof value !== 'string' || value === '') throw new UsageError(`--${name} is required`)
  return value
}

export const text = (value: Flags[string]): string | undefined => (typeof value === 'string' ? value : undefined)

export const texts = (value: Flags[string]): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
