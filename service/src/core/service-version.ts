import manifest from '../../package.json' with { type: 'json' }

/** This service's version; the build writes it into its files. */
export const { version } = manifest
