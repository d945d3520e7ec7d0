import { randomUUID } from 'node:crypto'
import { startMetricsServer } from '../adapters/metrics-server.ts'
import { createPasswordHasher } from '../adapters/passwords/argon2-hasher.ts'
import { createLogger } from '../adapters/pino-logger.ts'
import { createMetrics } from '../adapters/prom-metrics.ts'
import { startControlServer } from '../control/control-server.ts'
import type { OperatorDeps } from '../control/operation.ts'
import { socketPath, socketPathFits } from '../control/socket-path.ts'
import { createSetupLink } from '../core/accounts/set-up.ts'
import { createBeacons } from '../core/installation/beacons.ts'
import { watchInstallations } from '../core/installation/watch-installations.ts'
import type { Mailer } from '../core/mail/mail-delivery.ts'
import { createMailGauges } from '../core/mail/mail-gauges.ts'
import { createQueueGauges } from '../core/moderation/queue-gauges.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import { ensureDemo } from '../core/sites/ensure-demo.ts'
import { findSiteAtDashboard } from '../core/sites/site-at-dashboard.ts'
import { createAdmission } from '../realtime/admission.ts'
import { createSessions } from '../realtime/create-sessions.ts'
import { createHub } from '../realtime/hub.ts'
import { createServer } from '../transport/create-server.ts'
import { waitUntil } from '../transport/drain.ts'
import type { Readiness } from '../transport/health.ts'
import { loadStaticFiles } from '../transport/static-files.ts'
import { type Config, ConfigError } from './config.ts'
import { createDeps } from './create-deps.ts'
import { dashboardPlace } from './dashboard-place.ts'
import { ensureDataDir, readSecret } from './data-dir.ts'
import { findKeys } from './encryption-keys.ts'
import { type Backplane, openBackplane } from './open-backplane.ts'
import { openMail } from './open-mail.ts'
import { openOutbound } from './open-outbound.ts'
import { openSecrets } from './open-secrets.ts'
import { openStorage, type Storage } from './open-storage.ts'
import { openTracing } from './open-tracing.ts'
import { publicUrl } from './public-url.ts'
import { startPurge } from './start-purge.ts'
import { staticRoots } from './static-roots.ts'
import { steadyClock } from './steady-clock.ts'

export type Node = {
  /** The origin at which readers reach it. */
  readonly url: string
  /** The origin of the dashboard. */
  readonly dashboardUrl: string
  readonly port: number
  readonly metricsPort: number
  readonly log: Logger
  /** Whether the sample blog is served. */
  readonly demo: boolean
  /** Where the first operator sets up the installation; `null` once there is one. */
  readonly setupUrl: string | null
  /** Stop gracefully: sockets move to other nodes, commands finish, and the database is closed. */
  close(): Promise<void>
}

/** Longer than a statement may take. */
const WRITES_MS = 10_000

const readiness = (storage: Storage, backplane: Backplane, mailer: Mailer, metrics: Metrics): Readiness => {
  const up = storage.healthy()
  metrics.gauge('db_up', up ? 1 : 0)
  const clock = storage.describeClock()
  const problem = mailer.problem()
  if (mailer.isConfigured) metrics.gauge('mail_up', problem === null ? 1 : 0)
  const mail = mailer.isConfigured ? (problem === null ? 'ok' : `no mail can be sent: ${problem}`) : 'not configured'
  const checks = { database: storage.describe(), bus: backplane.describe(), mail, ...(clock !== null && { clock }) }
  const isDegraded = backplane.bus.degraded() || problem !== null
  return { status: !up ? 'down' : isDegraded ? 'degraded' : 'ok', checks }
}

const startControl = (config: Config, deps: OperatorDeps, log: Logger): Promise<() => Promise<void>> => {
  const path = socketPath(config.DATA_DIR)
  if (socketPathFits(path)) return startControlServer(path, deps, log)
  log.warn('no control socket: the path of DATA_DIR is too long; stop the service before using other commands', {
    path,
  })
  return Promise.resolve(async () => undefined)
}

/** A page at the dashboard's origin could act as its owner, so a site there ends the start. */
const refuseSharedOrigin = async (deps: OperatorDeps): Promise<void> => {
  const found = await findSiteAtDashboard(deps)
  if (found === null) return
  const { site, origin } = found
  throw new ConfigError(
    `DASHBOARD_URL: the site ${site.publicKey} lists ${origin}, where the dashboard is; a page there could act as its owner. Set DASHBOARD_URL to another origin`,
  )
}

/** Start a node: database, hub, public port, metrics port and control socket. */
export const startNode = async (config: Config): Promise<Node> => {
  const id = randomUUID()
  const log = createLogger(config.LOG_LEVEL)
  const closers: (() => Promise<void>)[] = []
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    const registry = createMetrics()
    const { metrics } = registry
    // What is not built is reported before anything is opened.
    staticRoots({ demo: config.DEMO })
    let port = config.PORT
    await ensureDataDir(config)
    const secret = await readSecret(config)
    const keys = await findKeys(config)
    const tracing = await openTracing(config, { node: id, metrics, log })
    closers.push(() => tracing.close())
    const storage = await openStorage(config, log, metrics)
    closers.push(() => storage.close())
    const { store } = storage
    const secrets = await openSecrets(keys, store)
    const outbound = openOutbound(config, metrics)
    const beacons = createBeacons({ store, metrics, log, now: storage.now, steady: steadyClock })
    closers.push(() => beacons.close())
    const mail = config.SMTP_URL !== ''
    const dashboard = dashboardPlace(config, { port: () => port, mail })
    const mailer = openMail(config, {
      store,
      secrets: secrets.secrets,
      sender: () => ({ service: publicUrl(config, port), dashboard: `${dashboard.url()}/dashboard` }),
      now: storage.now,
      log,
      metrics,
    })
    closers.push(() => mailer.close())
    const backplane = await openBackplane(config, { node: id, log, metrics })
    closers.push(() => backplane.close())
    const { bus, presence } = backplane
    const server = createServer({
      trustedProxies: config.TRUSTED_PROXIES,
      drainGraceMs: config.DRAIN_GRACE_MS,
      drainMs: config.DRAIN_MS,
      socketLifetimeMs: config.SOCKET_LIFETIME_MINUTES * 60_000,
      log,
      metrics,
    })
    const hub = createHub({
      node: id,
      sockets: server.publisher,
      bus,
      store,
      presence,
      metrics,
      log,
      now: steadyClock,
      time: storage.now,
    })
    closers.push(() => hub.close())
    const passwords = createPasswordHasher()
    closers.push(() => passwords.close())
    const deps = createDeps({
      passwords,
      dashboard,
      // Only commands are traced, not the hub's own reads.
      storage: { ...storage, store: tracing.store(store) },
      backplane,
      publisher: tracing.publisher(hub),
      metrics,
      tracer: tracing.tracer,
      beacons,
      outbound,
      secret,
      secrets,
      mailer,
      url: () => publicUrl(config, port),
    })
    const admission = createAdmission({
      perSecond: config.ADMISSIONS_PER_SECOND,
      now: () => performance.now(),
      metrics,
    })
    // A command that answered `unavailable` at its deadline may still have a change in the queue.
    closers.push(async () => void (await waitUntil(() => deps.writer.active === 0, WRITES_MS)))
    await refuseSharedOrigin(deps)
    const demo = config.DEMO && (await ensureDemo(deps)) !== null
    const statics = await loadStaticFiles(staticRoots({ demo }), {
      '/': '/dashboard/',
      '/dashboard': '/dashboard/',
      ...(demo && { '/demo': '/demo/' }),
    })
    const stopPurge = startPurge({ ...deps, log })
    closers.push(async () => stopPurge())
    const queues = createQueueGauges({ store, metrics, log, now: deps.now, steady: steadyClock })
    const mailGauges = createMailGauges({ store, metrics, log, now: deps.now, steady: steadyClock })
    const metricsServer = await startMetricsServer(
      { host: config.METRICS_HOST, port: config.METRICS_PORT, log },
      {
        contentType: registry.contentType,
        text: () => {
          // Sets the gauges of the database, which otherwise only /readyz does.
          readiness(storage, backplane, mailer, metrics)
          queues.refresh()
          mailGauges.refresh()
          return registry.text()
        },
      },
    )
    closers.push(() => metricsServer.close())
    closers.push(await startControl(config, deps, log))
    port = await server.listen({
      host: config.HOST,
      port: config.PORT,
      deps,
      hub,
      admission,
      createSession: createSessions({ core: deps, hub, admission, node: id, log }),
      statics,
      dashboardUrl: config.DASHBOARD_URL || config.PUBLIC_URL,
      ready: () => readiness(storage, backplane, mailer, metrics),
    })
    closers.push(async () => {
      await server.close()
      admission.close()
    })
    const setup = await createSetupLink(deps)
    const stopWatching = watchInstallations(deps, log)
    closers.push(async () => {
      outbound.close()
      await stopWatching()
    })
    log.info('ready', { port, metricsPort: metricsServer.port, node: id })
    return {
      url: publicUrl(config, port),
      dashboardUrl: deps.dashboard.url(),
      port,
      metricsPort: metricsServer.port,
      log,
      demo,
      setupUrl: setup?.url ?? null,
      close: closeAll,
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}
