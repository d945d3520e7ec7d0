/** A comment that was sent, and its id once it was acknowledged. */
export type Asked = { readonly key: string; acknowledgedId: string | null }
export type Shown = { readonly id: string; readonly html: string }

export type Verdict = {
  readonly acknowledged: number
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly phantom: readonly string[]
}

const KEY = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/

/** Compare the acknowledged comments with those that are shown. The text of each comment is its key. */
export const judge = (asked: readonly Asked[], shown: readonly Shown[]): Verdict => {
  const known = new Set(asked.map(({ key }) => key))
  const ids = new Map<string, string[]>()
  const phantom: string[] = []
  for (const { id, html } of shown) {
    const key = KEY.exec(html)?.[0]
    if (key === undefined || !known.has(key)) phantom.push(id)
    else ids.set(key, [...(ids.get(key) ?? []), id])
  }
  const acknowledged = asked.filter(({ acknowledgedId }) => acknowledgedId !== null)
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged
      .filter((entry) => !ids.get(entry.key)?.includes(entry.acknowledgedId ?? ''))
      .map(({ key }) => key),
    doubled: [...ids].filter(([, found]) => found.length > 1).map(([key]) => key),
    phantom,
  }
}
