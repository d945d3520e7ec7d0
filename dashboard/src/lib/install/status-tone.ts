import type { InstallationStatus } from '@repartee/sdk/admin'

const tones = { installed: 'good', seen_before: 'caution', never: 'neutral', problem: 'danger' } as const

export const toneOf = (status: InstallationStatus): (typeof tones)[InstallationStatus] => tones[status]
