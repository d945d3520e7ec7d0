import { type Cluster, findBinaries, startCluster } from '@repartee/tools/servers/start-postgres'

/** Where the programs are; `null` where there is no PostgreSQL, which is said once. */
export const binaries = findBinaries()

let starting: Promise<Cluster> | undefined

/** The one server of this test file. */
export const sharedCluster = (): Promise<Cluster> => {
  if (binaries === null) throw new Error('there is no PostgreSQL to start')
  starting ??= startCluster(binaries)
  return starting
}
