import { createStore } from '../../src/adapters/postgres/create-store.ts'
import { openPostgres } from '../../src/adapters/postgres/pool/open-postgres.ts'
import { createSmtpTransport } from '../../src/adapters/smtp/smtp-transport.ts'
import { parseSmtpUrl } from '../../src/adapters/smtp/smtp-url.ts'
import { newLink } from '../../src/core/accounts/account-links.ts'
import { composeMail } from '../../src/core/mail/compose-mail.ts'
import { startMailDelivery } from '../../src/core/mail/mail-delivery.ts'
import { noMetrics } from '../../testing/no-metrics.ts'
import { sampleMail } from '../../testing/sample-mail.ts'
import { silent } from '../../testing/silent.ts'
import { testSecrets } from '../../testing/test-secrets.ts'

/*
 * A process for tests to kill: makes changes that cause mail and prints the id of each mail once its change is committed,
 * and sends the mail of the database meanwhile.
 */
const [databaseUrl = '', smtpUrl = '', changes = '0'] = process.argv.slice(2)
const database = await openPostgres({ url: databaseUrl, log: silent, metrics: noMetrics, now: Date.now })
const store = createStore(database.sql)
const { secrets } = testSecrets()
startMailDelivery({
  outbox: store.mail,
  secrets,
  transport: createSmtpTransport({ server: parseSmtpUrl(smtpUrl) }),
  sender: () => ({
    from: { name: '', address: 'comments@blog.example' },
    service: 'https://comments.example',
    dashboard: 'https://comments.example/dashboard',
  }),
  now: Date.now,
  log: silent,
  metrics: noMetrics,
  // Short, so that the mail of a killed process is soon sent by another.
  claimMs: 2_000,
  pollMs: 100,
})
process.stdout.write('ready\n')
for (let n = 0; n < Number(changes); n += 1) {
  const mail = composeMail({ secrets, now: Date.now }, sampleMail('reset_password', { to: `${n}@example.org` }))
  await store.accounts.addLink(newLink('reset_password', Date.now()).link, [mail])
  process.stdout.write(`${mail.id}\n`)
}
// The delivery alone keeps no process alive.
setInterval(() => undefined, 1_000)
