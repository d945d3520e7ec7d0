import type { InstallationInfo } from '@repartee/sdk/protocol/admin'
import type { Deps } from '../deps.ts'
import { version } from '../service-version.ts'

/** What anyone may know about the installation: whether it is set up, who may sign up, whether it sends mail. */
export const installationInfo = async (
  deps: Pick<Deps, 'store' | 'dashboard' | 'publicUrl'>,
): Promise<InstallationInfo> => ({
  state: (await deps.store.accounts.any()) ? 'ready' : 'unclaimed',
  signUp: deps.dashboard.signUp,
  mail: deps.dashboard.mail,
  url: deps.publicUrl(),
  version,
})
