import type * as v from 'valibot'
import type { Deps } from '../core/deps.ts'

/** What operations depend on: the use-cases, the backup of the embedded database, and the service's URL. */
export type OperatorDeps = Deps & {
  readonly backup: (file: string) => Promise<void>
  /** The origin at which readers reach the service. */
  readonly url: () => string
}

/** Something the command line does, in the process that has the database open. */
export type Operation<S extends v.GenericSchema> = {
  readonly input: S
  run(deps: OperatorDeps, input: v.InferOutput<S>): Promise<unknown>
}

export const operation = <S extends v.GenericSchema>(input: S, run: Operation<S>['run']): Operation<S> => ({
  input,
  run,
})
