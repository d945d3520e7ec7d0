import { newId } from '@repartee/sdk/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createKeyRing, createSecretBox } from '../../../src/adapters/secrets/aes-secret-box.ts'
import { type EncryptionKey, makeEncryptionKey } from '../../../src/adapters/secrets/encryption-key.ts'
import type { SealedPlace } from '../../../src/core/ports/secret-box.ts'
import { beginRotation } from '../../../src/core/secrets/begin-rotation.ts'
import { keyStatus } from '../../../src/core/secrets/key-status.ts'
import { keysInUse } from '../../../src/core/secrets/keys-in-use.ts'
import { type RotationPosition, rotateBatch } from '../../../src/core/secrets/rotate-keys.ts'
import { sealedColumns } from '../../../src/core/secrets/sealed-columns.ts'
import { openSecrets } from '../../../src/startup/open-secrets.ts'
import { fillSealed } from '../../../testing/fill-sealed.ts'
import { present } from '../../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from '../store/engines.ts'

const [oldKey, newKey] = [makeEncryptionKey(), makeEncryptionKey()]
const ringOf = (...keys: EncryptionKey[]) => {
  const { ring, sealer } = createKeyRing(keys)
  return { keyRing: ring, secrets: createSecretBox(sealer, new Uint8Array(32)) }
}
const before = ringOf(oldKey)
const after = ringOf(newKey, oldKey)

describe.each(engines)('rotation of the encryption keys, $name', (engine) => {
  let opened: OpenStore
  beforeAll(async () => {
    opened = await openStore(engine)
  })
  afterAll(() => opened.close())
  afterEach(async () => {
    for (const { table } of sealedColumns) await opened.sql.query(`delete from ${table} where true`, [])
  })

  /** Rotate to the end, or until `stop` says so. Resolves with how many values were re-encrypted. */
  const rotate = async (stop: () => boolean = () => false, store = opened.store) => {
    let rotated = 0
    const unreadable: string[] = []
    let batches = 0
    for (let at: RotationPosition | null = null, more = true; more && !stop(); batches += 1) {
      const batch = await rotateBatch({ ...after, store }, at)
      rotated += batch.rotated
      unreadable.push(...batch.unreadable)
      at = batch.next
      more = at !== null
    }
    return { rotated, unreadable, batches }
  }
  const stored = async (table: string, column: string, key: string): Promise<Map<string, string>> => {
    const rows = await opened.sql.query<{ row_key: string; sealed: string }>(
      `select ${key} as row_key, ${column} as sealed from ${table} where ${column} is not null`,
      [],
    )
    return new Map(rows.map((row) => [row.row_key, row.sealed]))
  }
  const emails = () => stored('accounts', 'email_sealed', 'id')
  const openedEmail = (id: string, sealed: string | undefined) =>
    after.secrets.open({ table: 'accounts', column: 'email_sealed', row: id }, sealed ?? '')

  test('every column named …sealed is in the list, and every column in the list exists', async () => {
    const rows = await opened.sql.query<{ place: string }>(
      `select c.table_name || '.' || c.column_name as place from information_schema.columns c
      where c.table_schema = current_schema() and c.column_name like '%sealed'`,
      [],
    )
    expect(sealedColumns.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(
      rows.map(({ place }) => place).sort(),
    )
  })

  test('every value is re-encrypted with the newest key and opens to what it was; a second run has nothing to do', async () => {
    const ids = await fillSealed(opened.sql, before.secrets, 450)
    expect(await keysInUse(opened.store)).toEqual([oldKey.id])
    const first = await rotate()
    expect(first).toMatchObject({ rotated: 4 * 450, unreadable: [] })
    // In pieces, so that a node serves meanwhile.
    expect(first.batches).toBeGreaterThanOrEqual(12)
    for (const { table, column, key } of sealedColumns)
      for (const [row, sealed] of await stored(table, column, key)) {
        expect(after.keyRing.idOf(sealed)).toBe(newKey.id)
        expect(after.secrets.open({ table, column, row } as SealedPlace, sealed)).toContain(row)
      }
    expect(new Set((await emails()).keys())).toEqual(new Set(ids))
    expect(await keysInUse(opened.store)).toEqual([newKey.id])
    expect(await rotate()).toMatchObject({ rotated: 0, unreadable: [] })
  })

  test('one that was stopped anywhere is finished by the next, which does nothing twice', async () => {
    await fillSealed(opened.sql, before.secrets, 250)
    let left = 4
    const first = await rotate(() => {
      left -= 1
      return left < 0
    })
    expect(first.rotated).toBeGreaterThan(0)
    expect(first.rotated).toBeLessThan(1_000)
    expect((await rotate()).rotated).toBe(1_000 - first.rotated)
    expect(await keysInUse(opened.store)).toEqual([newKey.id])
  })

  test('what another node writes between reading and replacing stays', async () => {
    const [id = ''] = await fillSealed(opened.sql, before.secrets, 3)
    const place = { table: 'accounts', column: 'email_sealed', row: id } as const
    const fresh = before.secrets.seal(place, 'changed meanwhile')
    const { sealed } = opened.store
    let writes = 1
    const store = {
      ...opened.store,
      sealed: {
        ...sealed,
        replace: async (...args: Parameters<typeof sealed.replace>) => {
          if (args[0].column === 'email_sealed' && writes-- > 0)
            await opened.sql.query(`update accounts set email_sealed = $2::text where id = $1::uuid`, [id, fresh])
          return sealed.replace(...args)
        },
      },
    }
    expect((await rotate(undefined, store)).rotated).toBe(11)
    expect((await emails()).get(id)).toBe(fresh)
    expect((await rotate()).rotated).toBe(1)
    expect(openedEmail(id, (await emails()).get(id))).toBe('changed meanwhile')
  })

  test('two at the same time leave every value readable', async () => {
    const ids = await fillSealed(opened.sql, before.secrets, 250)
    await Promise.all([rotate(), rotate()])
    const found = await emails()
    for (const id of ids) expect(openedEmail(id, found.get(id))).toBe(`email ${id}`)
    expect(await keysInUse(opened.store)).toEqual([newKey.id])
  })

  test('a value that does not open is named, left as it is, and stops nothing', async () => {
    const [id = ''] = await fillSealed(opened.sql, before.secrets, 3)
    const foreign = before.secrets.seal({ table: 'accounts', column: 'email_sealed', row: newId() }, 'x')
    await opened.sql.query(`update accounts set email_sealed = $2::text where id = $1::uuid`, [id, foreign])
    expect(await rotate()).toMatchObject({ rotated: 11, unreadable: [`accounts.email_sealed ${id}`] })
    expect((await emails()).get(id)).toBe(foreign)
  })

  test('the status counts the values of every key, also of one that is not configured', async () => {
    await fillSealed(opened.sql, before.secrets, 3)
    await fillSealed(opened.sql, after.secrets, 2)
    expect(await keyStatus({ store: opened.store, keyRing: after.keyRing })).toEqual([
      { id: newKey.id, state: 'encrypts', values: 8 },
      { id: oldKey.id, state: 'decrypts', values: 12 },
    ])
    expect(await keyStatus({ store: opened.store, keyRing: ringOf(newKey).keyRing })).toEqual([
      { id: newKey.id, state: 'encrypts', values: 8 },
      { id: oldKey.id, state: 'missing', values: 12 },
    ])
  })

  describe('at the start of a node', () => {
    const source = (...keys: EncryptionKey[]) => ({ name: 'ENCRYPTION_KEYS', keys, add: null })
    const open = (...keys: EncryptionKey[]) => openSecrets(source(...keys), opened.store)

    test('the first nodes, started at once, make one digest key, which a rotation keeps', async () => {
      const nodes = await Promise.all([open(oldKey), open(oldKey), open(oldKey)])
      const digests = nodes.map(({ secrets }) => secrets.digest('email', 'ann@example.org'))
      expect(new Set(digests).size).toBe(1)
      expect((await rotate()).rotated).toBe(1)
      const alone = await open(newKey)
      expect(alone.secrets.digest('email', 'ann@example.org')).toBe(digests[0])
    })

    test('a key that stored values need and that is missing refuses the start with its id', async () => {
      await fillSealed(opened.sql, before.secrets, 1)
      await expect(open(newKey)).rejects.toThrow(
        `ENCRYPTION_KEYS: secrets in the database are encrypted with the key "${oldKey.id}", which nothing else can decrypt; add the key again, after the newest`,
      )
      await expect(open(newKey, oldKey)).resolves.toBeDefined()
    })

    test('another key under the same id refuses the start', async () => {
      await open(oldKey)
      await expect(open({ ...newKey, id: oldKey.id })).rejects.toThrow(`the key "${oldKey.id}" is not the one`)
    })

    test('without any key it is refused, and nothing is made', async () => {
      await expect(openSecrets({ ...source(), keys: null }, opened.store)).rejects.toThrow('repartee keys generate')
      expect(await opened.store.sealed.findSecret('digest_key')).toBeNull()
    })

    test('a service that keeps its keys itself makes the first one, and none where the file was lost', async () => {
      const made: EncryptionKey[] = []
      const own = (keys: EncryptionKey[] | null) => ({
        name: '/data/encryption-keys',
        keys,
        add: async () => {
          made.push(makeEncryptionKey())
          return present(made.at(-1))
        },
      })
      const first = await openSecrets(own(null), opened.store)
      expect(first.keyRing.ids()).toEqual(made.map(({ id }) => id))
      await expect(openSecrets(own(null), opened.store)).rejects.toThrow(
        /^DATA_DIR: .* restore \/data\/encryption-keys from your copy$/,
      )
      expect(made).toHaveLength(1)
    })

    test('such a service begins a rotation with a new key, unless the last one has not finished', async () => {
      const made = [makeEncryptionKey(), makeEncryptionKey()]
      const add = async () => present(made.shift())
      const opened1 = await openSecrets({ name: 'f', keys: null, add }, opened.store)
      const deps = { ...opened1, store: opened.store }
      const [first] = deps.keyRing.ids()
      const begun = await beginRotation(deps)
      expect(begun.isNew).toBe(true)
      expect(deps.keyRing.ids()).toEqual([begun.keyId, first])
      expect(await beginRotation(deps)).toEqual({ keyId: begun.keyId, isNew: false })
      expect(await beginRotation({ store: opened.store, keyRing: after.keyRing })).toEqual({
        keyId: newKey.id,
        isNew: false,
      })
    })
  })
})
