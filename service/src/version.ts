import { createRequire } from 'node:module'

/** This service's version; package.json lies beside the sources' folder and beside the build's. */
export const { version } = createRequire(import.meta.url)('../package.json') as { version: string }
