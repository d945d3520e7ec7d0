import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { parse, stringify } from 'yaml'

const sources = ['recording.yml', 'alerts.yml'].map((name) => new URL(`../prometheus/rules/${name}`, import.meta.url))

/** The rules Prometheus reads from files, as the one resource the Prometheus Operator reads. */
export const renderRules = (): string =>
  stringify({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'repartee', namespace: 'repartee' },
    spec: {
      groups: sources.flatMap((file) => (parse(readFileSync(file, 'utf8')) as { groups: unknown[] }).groups),
    },
  })

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.stdout.write(renderRules())
