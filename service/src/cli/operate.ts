import { callControl, hasService } from '../control/control-client.ts'
import type { OperationInput, OperationName } from '../control/operations.ts'
import { runOperation } from '../control/run-operation.ts'
import { socketPath } from '../control/socket-path.ts'
import type { Config } from '../startup/config.ts'
import { withStandaloneDeps } from './with-standalone-deps.ts'

/** Runs one operation. */
export type Call = <N extends OperationName>(name: N, input: OperationInput<N>) => Promise<unknown>

/** Run operations in the process that serves this data folder, or in this process if there is none. */
export const operateAll = async <T>(config: Config, run: (call: Call) => Promise<T>): Promise<T> => {
  const path = socketPath(config.DATA_DIR)
  if (!(await hasService(path)))
    return withStandaloneDeps(config, (deps) => run((name, input) => runOperation(deps, name, input)))
  return run(async (name, input) => {
    const answer = await callControl(path, name, input)
    if (answer === null) throw new Error('the service was stopped meanwhile; run this again')
    return answer.result
  })
}

/** `operateAll` for one operation. */
export const operate = <N extends OperationName>(config: Config, name: N, input: OperationInput<N>): Promise<unknown> =>
  operateAll(config, (call) => call(name, input))
