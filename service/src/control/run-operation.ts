import { parseInput, ReparteeError } from '@repartee/sdk/protocol'
import type { OperatorDeps } from './operation.ts'
import { isOperationName, operations } from './operations.ts'

/** Parse the input of an operation and run it. */
export const runOperation = (deps: OperatorDeps, name: string, input: unknown): Promise<unknown> => {
  if (!isOperationName(name)) return Promise.reject(new ReparteeError('unknown_command', `no operation ${name}`))
  const { input: schema, run } = operations[name]
  // The table pairs each schema with its run, but TypeScript cannot express that for a union of names.
  return (run as (deps: OperatorDeps, input: unknown) => Promise<unknown>)(deps, parseInput(schema, input))
}
