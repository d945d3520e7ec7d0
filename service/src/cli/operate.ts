import { callControl } from '../control/control-client.ts'
import type { OperationInput, OperationName } from '../control/operations.ts'
import { runOperation } from '../control/run-operation.ts'
import { socketPath } from '../control/socket-path.ts'
import type { Config } from '../startup/config.ts'
import { withStandaloneDeps } from './with-standalone-deps.ts'

/** Perform an operation in the process that serves this data folder, or, when none does, on the folder itself. */
export const operate = async <N extends OperationName>(
  config: Config,
  name: N,
  input: OperationInput<N>,
): Promise<unknown> => {
  const answer = await callControl(socketPath(config.DATA_DIR), name, input)
  if (answer !== null) return answer.result
  return withStandaloneDeps(config, (deps) => runOperation(deps, name, input))
}
