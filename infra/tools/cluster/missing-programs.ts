import { isBuilt } from '../servers/built-node.ts'
import { findPostgres, findProgram } from '../servers/find-program.ts'

/** What is missing to start a cluster and how to get it, in one sentence; `null` if nothing is. */
export const missingPrograms = (): string | null => {
  const found = {
    postgresql: findPostgres(),
    'redis-server': findProgram('redis-server'),
    'nginx-light': findProgram('nginx'),
    openssl: findProgram('openssl'),
  }
  const missing = Object.entries(found).flatMap(([name, path]) => (path === null ? [name] : []))
  if (missing.length > 0)
    return `not installed: ${missing.join(', ')}; get them with: apt-get install ${missing.join(' ')}`
  return isBuilt() ? null : 'the service is not built; run: npm run build'
}

/** Whether tests can start a cluster here; says on standard error why not. */
export const canStartCluster = (): boolean => {
  const missing = missingPrograms()
  if (missing !== null) console.warn(`tests of a whole cluster are skipped: ${missing}`)
  return missing === null
}
