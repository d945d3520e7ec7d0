import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { options } from '@repartee/service/config'
import { requestHeaders } from '@repartee/service/transport/request-headers'
import { describe, expect, test } from 'vitest'
import { renderRules } from '../../deploy/kubernetes/render-rules.ts'
import { filesBelow, findTool, type Ran, readFile, readYaml, run, toolFolder } from './deployment-tools.ts'
import { judgeResource, readBuiltIn, readCustom } from './kubernetes-schemas.ts'

type Container = {
  name: string
  env?: { name: string; value?: string; valueFrom?: object }[]
  resources?: { requests?: object; limits?: { memory?: string } }
  securityContext?: object
  lifecycle?: { preStop: { exec: { command: string[] } } }
  readinessProbe?: { httpGet?: { path: string } }
  livenessProbe?: { httpGet?: { path: string } }
}
type PodSpec = {
  terminationGracePeriodSeconds?: number
  securityContext?: { runAsNonRoot?: boolean }
  containers: Container[]
}
type Resource = {
  apiVersion: string
  kind: string
  metadata: { name: string; annotations?: Record<string, string> }
  data?: Record<string, string>
  spec?: { template?: { spec: PodSpec }; strategy?: { rollingUpdate?: object } }
}

const folder = 'infra/deploy/kubernetes'
const files = filesBelow(folder, '.yaml')
const resources = files
  .filter((file) => !file.endsWith('kustomization.yaml'))
  .flatMap((file) => readYaml<Resource>(readFile(file)))
const pods = resources.flatMap(({ kind, metadata, spec }) =>
  spec?.template === undefined ? [] : [{ name: `${kind} ${metadata.name}`, pod: spec.template.spec }],
)
const named = (kind: string, name: string): Resource => {
  const found = resources.find((resource) => resource.kind === kind && resource.metadata.name === name)
  if (found === undefined) throw new Error(`no ${kind} ${name}`)
  return found
}

const openapi = join(toolFolder, 'openapi')
const schemas = existsSync(openapi)
  ? new Map([...readBuiltIn(openapi), ...readCustom(join(toolFolder, 'crds'), readBuiltIn(openapi))])
  : null
if (schemas === null)
  process.stderr.write('skipped, because the schemas of Kubernetes are missing: see install-tools.sh\n')
const kubectl = findTool('kubectl', ['version', '--client'])
const validator = findTool('kubectl-validate')
let assembled: string | undefined
const whole = (): string => {
  assembled ??= run(kubectl ?? '', ['kustomize', `${folder}/all`]).out
  return assembled
}

/** Validate as the API server of Kubernetes 1.30 does: unknown fields, missing fields and wrong types are refused. */
const validate = (text: string): Ran => {
  const work = mkdtempSync(join(tmpdir(), 'repartee-kubernetes-'))
  try {
    writeFileSync(join(work, 'all.yaml'), text)
    return run(validator ?? '', ['--version', '1.30', '--local-crds', join(toolFolder, 'crds'), join(work, 'all.yaml')])
  } finally {
    rmSync(work, { recursive: true })
  }
}

const mistakes = [
  { right: 'maxUnavailable: 0', wrong: 'maxUnavailible: 0', fault: 'rollingUpdate.maxUnavailible: unknown field' },
  { right: 'replicas: 3', wrong: 'replicas: three', fault: 'replicas: expected integer, found string' },
  { right: 'secretName: cockroachdb-node', wrong: 'secretname: cockroachdb-node', fault: 'secretName: missing' },
  { right: 'kind: PodDisruptionBudget', wrong: 'kind: PodDisruptionBudgets', fault: 'unknown kind' },
]

describe('the Kubernetes manifests', () => {
  test.runIf(kubectl !== null)('build with every component and without', { timeout: 60_000 }, () => {
    for (const entry of ['base', 'all'])
      expect(run(kubectl ?? '', ['kustomize', `${folder}/${entry}`])).toMatchObject({ code: 0 })
    const found = readYaml<Resource>(whole())
    const kinds = found.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    expect(kinds).toEqual(
      expect.arrayContaining(['Deployment repartee', 'StatefulSet cockroachdb', 'Job repartee-migrate']),
    )
    // The Job mounts the scripts of the compose file under the name that kustomize generated.
    const scripts = found.find(({ data }) => data?.['db-init.sh'] !== undefined)
    expect(scripts?.data?.['db-init.sh']).toBe(readFile('infra/deploy/cockroachdb/db-init.sh'))
    expect(JSON.stringify(found.find(({ metadata }) => metadata.name === 'cockroachdb-init'))).toContain(
      `"configMap":{"name":"${scripts?.metadata.name}"}`,
    )
  })

  test.runIf(kubectl !== null && schemas !== null)(
    'match their schemas, and a deliberate mistake does not',
    { timeout: 60_000 },
    () => {
      const judge = (text: string): string[] =>
        readYaml<Resource>(text).flatMap((resource) => judgeResource(schemas ?? new Map(), resource))
      expect(judge(whole())).toEqual([])
      expect(judge(renderRules())).toEqual([])
      for (const { right, wrong, fault } of mistakes) {
        expect(whole()).toContain(right)
        expect(judge(whole().replace(right, wrong)).join()).toContain(fault)
      }
    },
  )

  test.runIf(kubectl !== null && validator !== null)(
    'are accepted by the validator of the API server, and deliberate mistakes are not',
    { timeout: 60_000 },
    () => {
      expect(validate(whole())).toMatchObject({ code: 0 })
      for (const { right, wrong } of mistakes) expect(validate(whole().replace(right, wrong)).code).not.toBe(0)
    },
  )

  test.runIf(validator !== null)('have alert rules that the Prometheus Operator accepts', { timeout: 60_000 }, () => {
    expect(validate(renderRules())).toMatchObject({ code: 0 })
  })

  test('run every container unprivileged, with a read-only root and a memory limit', () => {
    expect(pods.length).toBeGreaterThan(4)
    for (const { name, pod } of pods) {
      expect([name, pod.securityContext?.runAsNonRoot]).toEqual([name, true])
      for (const container of pod.containers) {
        expect([name, container.securityContext]).toEqual([
          name,
          { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        ])
        expect([name, container.resources?.limits?.memory]).toEqual([name, expect.any(String)])
      }
    }
  })

  test('contain no secret: secrets are referenced and mounted as files', () => {
    expect(resources.filter(({ kind }) => kind === 'Secret')).toEqual([])
    for (const { pod } of pods)
      for (const { env = [] } of pod.containers)
        for (const { name, value } of env)
          if (value !== undefined && /SECRET|PASSWORD|_URL|LICENSE/.test(name))
            expect(`${name}=${value}`).toMatch(/_FILE=\/secrets\//)
  })

  test('set only variables that the service reads', () => {
    const names = Object.keys(named('ConfigMap', 'repartee').data ?? {})
    for (const kind of [named('Deployment', 'repartee'), named('Job', 'repartee-migrate')])
      for (const { env = [] } of kind.spec?.template?.spec.containers ?? []) names.push(...env.map(({ name }) => name))
    for (const name of names) expect(Object.keys(options)).toContain(name.replace(/_FILE$/, ''))
  })

  test('skip a pod that is gone, and do not resend a request that may have been carried out', () => {
    const { annotations } = named('Ingress', 'repartee').metadata
    const said = (name: string) => annotations?.[`nginx.ingress.kubernetes.io/${name}`]
    expect(said('proxy-next-upstream')).toBe('error timeout http_503')
    expect(Number(said('proxy-next-upstream-tries'))).toBeGreaterThanOrEqual(3)
    // A client of the SDK waits 8 s; each try may take this long to connect.
    expect(Number(said('proxy-next-upstream-timeout'))).toBeLessThan(8)
    expect(Number(said('proxy-connect-timeout')) * Number(said('proxy-next-upstream-tries'))).toBeLessThan(8)
  })

  test('pass on only the client headers in the service’s table, where snippets are allowed', () => {
    const name = 'nginx.ingress.kubernetes.io/configuration-snippet'
    const snippets = resources.flatMap(({ metadata }) => metadata.annotations?.[name] ?? [])
    // ingress-nginx writes the host itself.
    const names = Object.entries(requestHeaders).flatMap(([header, by]) =>
      by === 'client' && header !== 'host' ? [header] : [],
    )
    expect(snippets.map((text) => text.trim().split('\n'))).toEqual([
      [
        'proxy_pass_request_headers off;',
        ...names.map((header) => `proxy_set_header ${header} $http_${header.replaceAll('-', '_')};`),
      ],
    ])
  })

  test('drain a node before it stops, and never kill one because its database is unavailable', () => {
    const { spec } = named('Deployment', 'repartee')
    const pod = spec?.template?.spec
    const [container] = pod?.containers ?? []
    expect(spec?.strategy?.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 })
    expect(container?.readinessProbe?.httpGet?.path).toBe('/readyz')
    expect(container?.livenessProbe?.httpGet?.path).toBe('/healthz')
    const preStopSeconds = Number(container?.lifecycle?.preStop.exec.command[1])
    expect(preStopSeconds).toBeGreaterThanOrEqual(5)
    // After preStop, 90 s remain for draining, as in the compose file.
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(preStopSeconds + 90)
  })
})
