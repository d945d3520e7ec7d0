import type { Config } from './config.ts'

/** The origin at which readers reach the service: the configured one, or localhost. */
export const publicUrl = (config: Pick<Config, 'PUBLIC_URL'>, port: number): string =>
  config.PUBLIC_URL === '' ? `http://localhost:${port}` : config.PUBLIC_URL
