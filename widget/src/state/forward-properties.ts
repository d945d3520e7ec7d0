/** The intersection of a tuple's types. */
type Intersection<S extends readonly unknown[]> = S extends readonly [infer First, ...infer Rest]
  ? First & Intersection<Rest>
  : unknown

/**
 * Add a getter to `own` for every property of the sources. It reads the source each time. A property that `own` has
 * itself stays as it is.
 */
export const forwardProperties = <T extends object, S extends readonly object[]>(
  own: T,
  ...sources: { readonly [I in keyof S]: () => S[I] }
): T & Intersection<S> => {
  for (const source of sources)
    for (const name in source())
      if (!(name in own)) Object.defineProperty(own, name, { get: () => Reflect.get(source(), name) })
  return own as T & Intersection<S>
}
