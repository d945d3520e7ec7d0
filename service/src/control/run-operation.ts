import { parseInput, ReparteeError } from '@repartee/sdk/protocol'
import { isOperationName, type OperatorDeps, operations } from './operations.ts'

/** Validate and perform one operation by name. */
export const runOperation = (deps: OperatorDeps, name: string, input: unknown): Promise<unknown> => {
  if (!isOperationName(name)) return Promise.reject(new ReparteeError('unknown_command', `no operation ${name}`))
  const { input: schema, run } = operations[name]
  // The table pairs each schema with its own run; TypeScript cannot follow that through the union of names.
  return (run as (deps: OperatorDeps, input: unknown) => Promise<unknown>)(deps, parseInput(schema, input))
}
