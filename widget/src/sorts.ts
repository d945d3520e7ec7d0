import type { Sort } from '@repartee/sdk/protocol'

/** Every order a thread can be shown in. */
export const sorts: readonly Sort[] = ['newest', 'oldest', 'top']
