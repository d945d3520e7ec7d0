import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createNamespace, hasNamespaces, type Namespace, removeStaleNamespaces } from './namespace.ts'

/** Prints each datagram it receives and sends it back. */
const ECHO = `const s = require('node:dgram').createSocket('udp4')
s.on('message', (m, from) => { console.log(String(m)); s.send(m, from.port, from.address) })
s.bind(7000, process.argv[1], () => console.log('bound'))`

describe.runIf(hasNamespaces())('a line to a network namespace', () => {
  let namespace: Namespace<'here' | 'there'>
  let echo: ChildProcess
  let outside: Socket
  let heardInside = ''
  let heardOutside = ''
  let number = 0

  beforeAll(async () => {
    removeStaleNamespaces()
    namespace = createNamespace(7, ['here', 'there'])
    const words = ['netns', 'exec', namespace.name, process.execPath, '-e', ECHO, namespace.inside.here]
    echo = spawn('ip', words, { stdio: ['ignore', 'pipe', 'inherit'] })
    echo.stdout?.on('data', (text) => {
      heardInside += String(text)
    })
    outside = createSocket('udp4').on('message', (text) => {
      heardOutside += `${text}\n`
    })
    await vi.waitFor(() => expect(heardInside).toContain('bound'), { timeout: 10_000 })
  })
  afterAll(() => {
    echo?.kill()
    outside?.close()
    namespace?.remove()
  })

  /** Send a new word again and again until it has arrived where `until` looks; resolves with the word. */
  const say = async (until: (word: string) => boolean): Promise<string> => {
    number += 1
    const word = `word ${number};`
    await vi.waitFor(
      () => {
        outside.send(word, 7_000, namespace.inside.here)
        expect(until(word)).toBe(true)
      },
      { timeout: 10_000, interval: 50 },
    )
    return word
  }
  const passes = (): Promise<string> => say((word) => heardOutside.includes(word))

  test('loses packets in the chosen direction and works again when mended', async () => {
    const line = namespace.lines.here
    await passes()

    line.drop('to')
    const unanswered = await say((word) => heardInside.includes(word))
    line.mend()
    const heard = await passes()
    expect(heardOutside).not.toContain(unanswered)

    line.drop('from')
    const lost = `lost ${number};`
    for (let times = 0; times < 10; times += 1)
      await new Promise<void>((sent) => outside.send(lost, 7_000, namespace.inside.here, () => sent()))
    line.mend()
    // The later word arrives, the earlier one never does.
    await passes()
    expect(heardInside).not.toContain(lost)
    expect(heardInside).toContain(heard)
  })
})
