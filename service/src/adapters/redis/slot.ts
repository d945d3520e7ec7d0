/** Few enough for subscribing in batches, and more than any cluster has nodes. */
const PARTITIONS = 128
const SLOTS = 16_384

/** CRC16/XMODEM, as in the Redis Cluster specification. */
const crc16 = (bytes: Uint8Array): number => {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff
  }
  return crc
}

const slotOf = (text: string): number => crc16(new TextEncoder().encode(text)) % SLOTS

/** The slots of the partitions' hash tags. */
const slots = Array.from({ length: PARTITIONS }, (_, i) => slotOf(`p${i}`))

/** The partition of a topic, the same on every node. */
export const partitionOf = (topic: string): number => slotOf(topic) % PARTITIONS

/** The cluster slot of a partition's channels. */
export const slotOfPartition = (partition: number): number => slots[partition % PARTITIONS] ?? 0

/** The slots of all partitions. */
export const partitionSlots = (): readonly number[] => slots
