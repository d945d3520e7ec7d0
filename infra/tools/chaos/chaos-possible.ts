import { BUILT_SERVICE, isBuilt } from '../servers/built-node.ts'
import { findProgram, installed } from '../servers/find-program.ts'

/** Folder of the built service, or of another build of it. */
export const service = process.env.REPARTEE_BUILD ?? BUILT_SERVICE

/** Whether every part can be started on this machine; otherwise the tests are skipped. */
export const possible = installed('postgres', 'redis-server') && isBuilt(service)

export const nginx = findProgram('nginx') !== null
