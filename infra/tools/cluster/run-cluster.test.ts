import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createClient } from '@repartee/sdk'
import { newId } from '@repartee/sdk/protocol'
import { connect } from '@repartee/service/testing/wire-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { findProgram } from '../servers/find-program.ts'
import { freePort } from '../servers/free-port.ts'
import { NGINX_EXPORTER, REDIS_EXPORTER } from '../servers/start-exporter.ts'
import { missingPrograms } from './missing-programs.ts'

const missing = missingPrograms()
if (missing !== null) console.warn(`npm run cluster is not tested: ${missing}`)

/** Runs the command and reads its output, as a person does. */
describe.runIf(missing === null)('npm run cluster', () => {
  let child: ChildProcess
  let port: number
  let said = ''

  beforeAll(async () => {
    port = await freePort()
    const script = fileURLToPath(new URL('run-cluster.ts', import.meta.url))
    const args = ['--conditions=source', '--import', 'tsx', script, '--plain', '--port', String(port)]
    child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout?.on('data', (text) => {
      said += text
    })
    child.stderr?.on('data', (text) => {
      said += text
    })
    await vi.waitFor(() => expect(said).toContain('Ready.'), { timeout: 50_000, interval: 100 })
  })
  afterAll(async () => {
    if (child?.exitCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    }
  })

  const nodeUrl = (name: string): string => new RegExp(`${name} +(http://[\\d.:]+)/demo/`).exec(said)?.[1] ?? ''

  test('a comment posted through nginx reaches a reader on the second node', async () => {
    const writer = createClient({
      baseUrl: `http://localhost:${port}`,
      site: 'demo',
      storage: { get: () => null, set: () => undefined, remove: () => undefined },
    })
    await writer.signInAsGuest('Ann')
    const { thread } = await writer.getSnapshot({ page: '/cluster' })
    const watcher = await connect(`${nodeUrl('node-2')}/api/v1`)
    await watcher.ask({ type: 'hello', site: 'demo', version: 1 })
    await watcher.ask({ type: 'subscribe', thread: thread.id, since: thread.head, epoch: thread.epoch })
    const { comment } = await writer.createComment({ thread: thread.id, key: newId(), body: 'Hello over there' })
    await vi.waitFor(() => expect(JSON.stringify(watcher.frames)).toContain(comment.id), { timeout: 5_000 })
    watcher.close()
    writer.close()
  })

  test('it prints all URLs, and each of them answers', async () => {
    for (const url of [`http://localhost:${port}/demo/`, `${nodeUrl('node-1')}/readyz`, `${nodeUrl('node-2')}/readyz`])
      expect((await fetch(url)).status).toBe(200)
    const prometheus = /Prometheus +(http:\S+)/.exec(said)?.[1]
    if (prometheus === undefined) return
    await vi.waitFor(
      async () => {
        const { data } = (await (await fetch(`${prometheus}/api/v1/targets`)).json()) as {
          data: { activeTargets: { labels: { job: string }; health: string }[] }
        }
        const watched = (job: string) => data.activeTargets.filter(({ labels }) => labels.job === job)
        expect(watched('repartee')).toHaveLength(2)
        expect(watched('redis')).toHaveLength(findProgram(REDIS_EXPORTER) === null ? 0 : 1)
        expect(watched('nginx')).toHaveLength(findProgram(NGINX_EXPORTER) === null ? 0 : 1)
        for (const { labels, health } of data.activeTargets) expect([labels.job, health]).toEqual([labels.job, 'up'])
      },
      { timeout: 30_000, interval: 200 },
    )
  })

  test('SIGTERM stops the nodes gracefully, then everything else, and leaves nothing behind', async () => {
    const folder = /logs +(\S+)\/\*\/log/.exec(said)?.[1] ?? ''
    expect(existsSync(folder)).toBe(true)
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect((await ended)[0]).toBe(0)
    expect(said).toContain('exit codes of the nodes: 0, 0')
    expect(existsSync(folder)).toBe(false)
    await expect(fetch(`http://localhost:${port}/`)).rejects.toThrow()
    await expect(fetch(`${nodeUrl('node-1')}/healthz`)).rejects.toThrow()
  })
})
