import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Replace the installed uWebSockets.js with an upstream release archive (.tar.gz) of a known SHA-256. If the download fails
 * or the hash differs, nothing is replaced.
 */
export const takeUws = async (source: string, sha256: string, folder: string): Promise<void> => {
  if (source === 'registry') return
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('UWS_SHA256 must be the SHA-256 of the archive UWS_SOURCE names')
  const answer = await fetch(source)
  if (!answer.ok) throw new Error(`${source} answered ${answer.status}`)
  const archive = Buffer.from(await answer.arrayBuffer())
  const found = createHash('sha256').update(archive).digest('hex')
  if (found !== sha256) throw new Error(`${source} has SHA-256 ${found}, expected ${sha256}`)
  const work = await mkdtemp(join(dirname(folder), '.uws-'))
  try {
    await writeFile(join(work, 'archive.tar.gz'), archive)
    await mkdir(join(work, 'package'))
    await run('tar', ['-xzf', join(work, 'archive.tar.gz'), '-C', join(work, 'package'), '--strip-components=1'])
    await rm(folder, { recursive: true, force: true })
    await rename(join(work, 'package'), folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

if (process.argv[1]?.endsWith('take-uws.ts')) {
  const [, , source = 'registry', sha256 = ''] = process.argv
  await takeUws(source, sha256, 'node_modules/uWebSockets.js')
}
