/** What all of these have together. */
type Together<S extends readonly unknown[]> = S extends readonly [infer First, ...infer Rest]
  ? First & Together<Rest>
  : unknown

/** Give `own` what the sources have too, as it is in them whenever it is read. What it has itself stays. */
export const mirror = <T extends object, S extends readonly object[]>(
  own: T,
  ...sources: { readonly [I in keyof S]: () => S[I] }
): T & Together<S> => {
  for (const source of sources)
    for (const name in source())
      if (!(name in own)) Object.defineProperty(own, name, { get: () => Reflect.get(source(), name) })
  return own as T & Together<S>
}
