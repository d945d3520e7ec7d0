import { newId } from '@repartee/sdk/protocol'
import { openPglite } from '../../src/adapters/pglite/open-pglite.ts'
import { createStore } from '../../src/adapters/postgres/create-store.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { silent } from '../../testing/silent.ts'
import { comment } from '../../testing/store-scene.ts'

/*
 * A process for tests to kill: opens the folder, then stores comments until killed, ten at a time, and prints their ids
 * once they are acknowledged. With `hold`, it only opens the folder.
 */
const [folder = '', seed = '', siteId = '', threadId = '', what = 'write'] = process.argv.slice(2)
const database = await openPglite({ dataDir: folder, seed, log: silent })
await migrate(database.sql, { log: silent, now: Date.now })
const store = createStore(database.sql)
await store.threads.open({ siteId, id: threadId, page: '/', url: '', title: '', nowAt: Date.now() })
process.stdout.write('ready\n')
if (what === 'hold') setInterval(() => undefined, 1_000)
else
  for (;;) {
    const batch = Array.from({ length: 10 }, () => comment({ key: newId() }))
    const written = await store.comments.insert(siteId, threadId, batch)
    process.stdout.write(`${written?.comments.map(({ id }) => id).join('\n')}\n`)
  }
