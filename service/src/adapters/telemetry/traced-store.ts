import type { Store } from '../../core/ports/store.ts'
import type { Tracer } from '../../core/tracer.ts'

type Method = (...args: never[]) => Promise<unknown>

const traced =
  (tracer: Tracer, name: string, method: Method): Method =>
  (...args) =>
    tracer.current() === null
      ? method(...args)
      : tracer.span(`store ${name}`, { attributes: { 'db.operation.name': name } }, () => method(...args))

/**
 * The same store with a span per statement while something is traced; retries are part of that span. Values are not
 * recorded.
 */
export const tracedStore = (store: Store, tracer: Tracer): Store =>
  Object.fromEntries(
    Object.entries(store).map(([part, methods]: [string, Method | Record<string, Method>]) => [
      part,
      typeof methods === 'function'
        ? traced(tracer, part, methods)
        : Object.fromEntries(
            Object.entries(methods).map(([name, method]) => [name, traced(tracer, `${part}.${name}`, method)]),
          ),
    ]),
  ) as unknown as Store
