import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { newId } from '@repartee/sdk/protocol'
import { expect, test, vi } from 'vitest'
import { pgliteVersion } from '../../src/adapters/pglite/build-files.ts'
import { openPglite } from '../../src/adapters/pglite/open-pglite.ts'
import { restore } from '../../src/adapters/pglite/restore.ts'
import { createStore } from '../../src/adapters/postgres/create-store.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { silent } from '../../testing/silent.ts'
import { preparedSeed } from './prepared-seed.ts'
import { tempFolder } from './temp-folder.ts'

vi.setConfig({ testTimeout: 90_000 })

const open = async (folder: string) => {
  const database = await openPglite({ dataDir: folder, seed: await preparedSeed(), log: silent })
  await migrate(database.sql, { log: silent, now: Date.now })
  return { ...database, store: createStore(database.sql) }
}
type Opened = Awaited<ReturnType<typeof open>>

const siteId = newId()
const openPage = ({ store }: Opened, page: string) =>
  store.threads.open({ siteId, id: newId(), page, url: '', title: '', nowAt: Date.now() })

test('a folder keeps its data and epoch when opened again, and two installations have different epochs', async () => {
  const [folder, other] = [await tempFolder(), await tempFolder()]
  const first = await open(folder)
  const thread = await openPage(first, '/a')
  const epoch = await first.store.epoch()
  await first.close()
  const again = await open(folder)
  expect(await again.store.threads.findByPage(siteId, '/a')).toEqual(thread)
  expect(await again.store.epoch()).toBe(epoch)
  await again.close()
  const second = await open(other)
  expect(await second.store.epoch()).not.toBe(epoch)
  await second.close()
})

test('a start that was killed while filling the folder is repaired by the next', async () => {
  const folder = await tempFolder()
  await mkdir(`${folder}.new`, { recursive: true })
  await writeFile(join(`${folder}.new`, 'PG_VERSION'), '18')
  const database = await open(folder)
  await openPage(database, '/a')
  await database.close()
  expect(await readdir(dirname(folder))).not.toContain('db.new')
})

test('a folder written by another version of PGlite is refused, with both versions and what to do', async () => {
  const folder = await tempFolder()
  await (await open(folder)).close()
  await writeFile(join(folder, 'repartee.json'), JSON.stringify({ pglite: '0.4.9' }))
  await expect(open(folder)).rejects.toThrow(/written by PGlite 0\.4\.9.*this build has .*run the build that wrote it/)
  await writeFile(join(folder, 'repartee.json'), JSON.stringify({ pglite: pgliteVersion() }))
  await (await open(folder)).close()
})

test('a folder with other files is refused and left unchanged', async () => {
  const folder = await tempFolder()
  await mkdir(folder)
  await writeFile(join(folder, 'holiday.jpg'), 'x')
  await expect(open(folder)).rejects.toThrow('not a database of this service')
  expect(await readdir(folder)).toEqual(['holiday.jpg'])
  expect(existsSync(`${folder}.lock`)).toBe(false)
})

test('a restored backup has the data of its time and a new epoch; the old folder is moved aside', async () => {
  const folder = await tempFolder()
  const file = join(dirname(folder), 'backup.tar.gz')
  const first = await open(folder)
  await openPage(first, '/before')
  await first.backup(file)
  await openPage(first, '/after')
  const epoch = await first.store.epoch()
  await expect(restore(file, folder)).rejects.toThrow(`in use by process ${process.pid}`)
  await first.close()

  const { movedTo } = await restore(file, folder)
  const restored = await open(folder)
  expect(Object.keys(await restored.store.threads.counts(siteId, ['/before', '/after']))).toEqual(['/before'])
  expect(await restored.store.epoch()).not.toBe(epoch)
  await restored.close()

  const aside = await open(String(movedTo))
  expect(Object.keys(await aside.store.threads.counts(siteId, ['/before', '/after'])).sort()).toEqual([
    '/after',
    '/before',
  ])
  expect(await aside.store.epoch()).toBe(epoch)
  await aside.close()
})

test('a backup can be restored to a folder that does not exist, and a damaged file changes nothing', async () => {
  const [folder, elsewhere] = [await tempFolder(), await tempFolder()]
  const file = join(dirname(folder), 'backup.tar.gz')
  const first = await open(folder)
  await openPage(first, '/a')
  await first.backup(file)
  await first.close()
  expect(await restore(file, elsewhere)).toEqual({ movedTo: null })
  const restored = await open(elsewhere)
  expect(await restored.store.threads.findByPage(siteId, '/a')).not.toBeNull()
  await restored.close()

  const broken = join(dirname(folder), 'broken.tar.gz')
  await writeFile(broken, 'not an archive')
  await expect(restore(broken, folder)).rejects.toThrow()
  await expect(restore(join(dirname(folder), 'missing.tar.gz'), folder)).rejects.toThrow('ENOENT')
  const still = await open(folder)
  expect(await still.store.threads.findByPage(siteId, '/a')).not.toBeNull()
  await still.close()
  expect(
    (await readdir(dirname(folder))).filter((name) => name.startsWith('db.') || name.includes('replaced')),
  ).toEqual([])
})

test('closing makes a backup if anything was written, and none otherwise', async () => {
  const folder = await tempFolder()
  const backups = () => readdir(`${folder}-backups`)
  const first = await open(folder)
  await openPage(first, '/a')
  await first.close()
  expect(await backups()).toHaveLength(1)
  const second = await open(folder)
  await second.store.threads.findByPage(siteId, '/a')
  await second.close()
  expect(await backups()).toHaveLength(1)
})
