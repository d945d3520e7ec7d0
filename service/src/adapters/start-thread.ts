import { Worker } from 'node:worker_threads'

/**
 * Start a thread from a file beside `importer`: `source` in the source tree, `built` in a build. Run from source, the
 * thread must register tsx itself, because a thread inherits no loader.
 */
export const startThread = (
  importer: string,
  o: { readonly source: string; readonly built: string; readonly workerData?: unknown },
): Worker => {
  const { workerData } = o
  if (!importer.endsWith('.ts')) return new Worker(new URL(o.built, importer), { workerData, execArgv: [] })
  const source = JSON.stringify(new URL(o.source, importer).href)
  return new Worker(`import('tsx/esm/api').then((tsx) => { tsx.register(); return import(${source}) })`, {
    eval: true,
    workerData,
    execArgv: ['--conditions=source'],
  })
}
