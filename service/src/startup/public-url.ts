import type { Config } from './config.ts'

/** The origin readers reach the service at, as far as it knows. */
export const publicUrl = (config: Pick<Config, 'PUBLIC_URL'>, port: number): string =>
  config.PUBLIC_URL === '' ? `http://localhost:${port}` : config.PUBLIC_URL
