import { createSocket } from 'node:dgram'

const TYPES: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' }

type Answer = (name: string, type: 'A' | 'AAAA') => readonly string[] | 'nxdomain' | 'servfail' | 'silent'

const nameIn = (packet: Buffer): { name: string; end: number } => {
  const labels: string[] = []
  let at = 12
  for (let length = packet[at] ?? 0; length > 0; length = packet[at] ?? 0) {
    labels.push(packet.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), end: at + 5 }
}

const bytesOf = (address: string): Buffer => {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail = ''] = address.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const zeros = 8 - groups(head).length - groups(tail).length
  const all = [...groups(head), ...Array<string>(zeros).fill('0'), ...groups(tail)]
  return Buffer.from(all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]))
}

/** A name server on loopback (RFC 1035) whose answers have no time to live, and which remembers what it was asked. */
export const startDns = async (answer: Answer) => {
  const socket = createSocket('udp4')
  const asked: string[] = []
  socket.on('message', (packet, peer) => {
    const { name, end } = nameIn(packet)
    const type = TYPES[packet.readUInt16BE(end - 4)]
    if (type === undefined) return
    asked.push(`${type} ${name}`)
    const found = answer(name, type)
    if (found === 'silent') return
    const code = found === 'nxdomain' ? 3 : found === 'servfail' ? 2 : 0
    const addresses = typeof found === 'string' ? [] : found
    const header = Buffer.alloc(12)
    packet.copy(header, 0, 0, 2)
    header.writeUInt16BE(0x8180 | code, 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(addresses.length, 6)
    const records = addresses.map((address) => {
      const data = bytesOf(address)
      const record = Buffer.alloc(12)
      record.writeUInt16BE(0xc00c, 0)
      record.writeUInt16BE(data.length === 4 ? 1 : 28, 2)
      record.writeUInt16BE(1, 4)
      record.writeUInt16BE(data.length, 10)
      return Buffer.concat([record, data])
    })
    socket.send(Buffer.concat([header, packet.subarray(12, end), ...records]), peer.port, peer.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    server: `127.0.0.1:${socket.address().port}`,
    asked,
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  }
}
