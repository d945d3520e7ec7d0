import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { lockFolder } from '../../src/adapters/pglite/lock.ts'
import { tempFolder } from './temp-folder.ts'

const edited = async (folder: string, change: Record<string, unknown>): Promise<void> => {
  const holder: unknown = JSON.parse(await readFile(`${folder}.lock`, 'utf8'))
  await writeFile(`${folder}.lock`, JSON.stringify({ ...(holder as object), ...change }))
}

test('a folder can be locked once, and again after its release', async () => {
  const folder = await tempFolder()
  const release = lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow(`${folder} is in use by process ${process.pid}`)
  release()
  lockFolder(folder)()
})

test.each([
  ['whose process has exited', { pid: 2 ** 22 + 1 }],
  ['whose pid now belongs to a later process', { startedTicks: '1' }],
  ['from before a restart of the machine', { bootId: 'another boot' }],
  ['from before a restart of this container', { pidSpace: 'pid:[1]' }],
])('a lock %s is taken over', async (_, change) => {
  const folder = await tempFolder()
  lockFolder(folder)
  await edited(folder, change)
  const release = lockFolder(folder)
  expect(JSON.parse(await readFile(`${folder}.lock`, 'utf8'))).toMatchObject({ pid: process.pid })
  release()
})

test.each([
  ['of another machine', { host: 'elsewhere', bootId: 'another boot' }, 'on elsewhere'],
  ['of another container on this machine', { host: 'elsewhere', pidSpace: 'pid:[1]' }, 'on elsewhere'],
  ['that cannot be read', { pid: 'x' }, 'unreadable'],
])('a lock %s is left alone, however old', async (_, change, words) => {
  const folder = await tempFolder()
  lockFolder(folder)
  await edited(folder, change)
  expect(() => lockFolder(folder)).toThrow(words)
})

test('releasing does not remove a lock that another process has taken over', async () => {
  const folder = await tempFolder()
  const release = lockFolder(folder)
  await edited(folder, { host: 'elsewhere' })
  release()
  expect(await readFile(`${folder}.lock`, 'utf8')).toContain('elsewhere')
})
