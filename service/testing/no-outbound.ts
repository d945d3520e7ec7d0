import type { Beacons } from '../src/core/installation/beacons.ts'
import { type Outbound, OutboundError } from '../src/core/ports/outbound.ts'

/** A network without servers. */
export const noOutbound: Outbound = {
  get: ({ url }) => Promise.reject(new OutboundError('name_not_found', url)),
  close: () => undefined,
}

/** Beacons that are discarded. */
export const noBeacons: Pick<Beacons, 'seen' | 'refused'> = { seen: () => undefined, refused: () => undefined }
