import { type Cluster, findBinaries, startCluster } from '@repartee/tools/servers/start-postgres'

/** Where the PostgreSQL programs are; `null` where it is not installed. */
export const binaries = findBinaries()

let starting: Promise<Cluster> | undefined

/** The server that this test file shares. */
export const sharedCluster = (): Promise<Cluster> => {
  if (binaries === null) throw new Error('PostgreSQL is not installed')
  starting ??= startCluster(binaries)
  return starting
}
