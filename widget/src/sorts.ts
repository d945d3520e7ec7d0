import type { Sort } from '@repartee/sdk/protocol'

/** Every order in which a thread can be shown. */
export const sorts: readonly Sort[] = ['newest', 'oldest', 'top']
