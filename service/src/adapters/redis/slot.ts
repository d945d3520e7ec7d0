/** Few enough to subscribe in batches, more than any cluster has nodes. */
const PARTITIONS = 128
const SLOTS = 16_384

/** CRC16/XMODEM, as the Redis Cluster specification has it. */
const crc16 = (bytes: Uint8Array): number => {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff
  }
  return crc
}

const slotOf = (text: string): number => crc16(new TextEncoder().encode(text)) % SLOTS

/** Slots of the partitions' tags. */
const slots = Array.from({ length: PARTITIONS }, (_, i) => slotOf(`p${i}`))

/** The partition of a topic, the same on every node. */
export const partitionOf = (topic: string): number => slotOf(topic) % PARTITIONS

/** The cluster slot in which a partition's channels are. */
export const slotOfPartition = (partition: number): number => slots[partition % PARTITIONS] ?? 0

/** The slots of all partitions. */
export const partitionSlots = (): readonly number[] => slots
