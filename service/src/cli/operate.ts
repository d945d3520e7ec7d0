import { callControl } from '../control/control-client.ts'
import type { OperationInput, OperationName } from '../control/operations.ts'
import { runOperation } from '../control/run-operation.ts'
import { socketPath } from '../control/socket-path.ts'
import type { Config } from '../startup/config.ts'
import { withStandaloneDeps } from './with-standalone-deps.ts'

/** Run an operation in the process that serves this data folder, or in this process if there is none. */
export const operate = async <N extends OperationName>(
  config: Config,
  name: N,
  input: OperationInput<N>,
): Promise<unknown> => {
  const answer = await callControl(socketPath(config.DATA_DIR), name, input)
  if (answer !== null) return answer.result
  return withStandaloneDeps(config, (deps) => runOperation(deps, name, input))
}
