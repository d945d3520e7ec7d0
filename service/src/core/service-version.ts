import manifest from '../../package.json' with { type: 'json' }

/** The version of this service; the build inlines it. */
export const { version } = manifest
