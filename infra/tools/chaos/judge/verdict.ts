import { renderBody } from '@repartee/service/markdown/render-markdown'
import type { Edits } from '../load/editing.ts'
import type { Ledger } from '../load/ledger.ts'
import type { Readers } from '../load/readers.ts'
import type { StoredRow, StoredThread } from './stored.ts'

/** Everything a run did wrong, by kind. After a good run every list is empty. */
export type Verdict = {
  /** Comments that were acknowledged, but are not stored with that key, text and seq. */
  readonly lost: readonly string[]
  /** Comments that are stored more than once. */
  readonly doubled: readonly string[]
  /** Comments that a reader saw but that were never stored, or that are stored but no client sent. */
  readonly phantoms: readonly string[]
  /** Threads whose seqs have gaps or duplicates. */
  readonly disordered: readonly string[]
  /** Edits and deletions that were acknowledged, but are not stored. */
  readonly undone: readonly string[]
  /** Readers whose view of a thread differs from the database. */
  readonly differing: readonly string[]
  /** Answers that no client should get. */
  readonly wrongAnswers: readonly string[]
  /** Comments that were still unanswered when every fault had ended. */
  readonly unanswered: readonly string[]
  /** Nodes that exited unexpectedly. */
  readonly crashed: readonly string[]
}

export type Evidence = {
  readonly threads: readonly (StoredThread & { readonly mixed: boolean })[]
  readonly revisions: readonly { readonly id: string; readonly html: string }[]
  readonly ledger: Ledger
  readonly readers: Pick<Readers, 'watches' | 'edits' | 'seen' | 'broken'>
  readonly crashed: readonly string[]
}

const twice = <T>(items: readonly T[], of: (item: T) => string | number): string[] => {
  const known = new Set<string | number>()
  return items.flatMap((item) => {
    const name = of(item)
    if (known.has(name)) return [String(name)]
    known.add(name)
    return []
  })
}

const findLost = (ledger: Ledger, rows: ReadonlyMap<string, StoredRow>, edits: Edits): string[] =>
  [...ledger.entries.values()].flatMap(({ key, thread, text, ack }) => {
    if (ack === null) return []
    const row = rows.get(ack.id)
    if (row === undefined) return [`${ack.id} (key ${key})`]
    const sameText = row.body === text || edits.has(row.id)
    const isSame = row.key === key && row.thread === thread && row.createdSeq === ack.seq && sameText
    if (isSame) return []
    return [`${ack.id}: acknowledged as seq ${ack.seq} "${text}", stored as ${row.createdSeq} "${row.body}"`]
  })

const findDisorder = ({ threads }: Evidence): string[] =>
  threads.flatMap(({ id, head, commentCount, rows, mixed }) => {
    const listed = rows.filter((row) => row.listed && !row.deleted).length
    const broken = rows.find((row, at) => row.createdSeq !== at + 1)
    return [
      ...twice(rows, (row) => row.createdSeq).map((seq) => `${id}: createdSeq ${seq} twice`),
      ...twice(rows, (row) => row.seq).map((seq) => `${id}: seq ${seq} twice`),
      ...(rows.some((row) => row.seq > head) ? [`${id}: a comment's seq is above the head`] : []),
      ...(commentCount === listed ? [] : [`${id}: commentCount is ${commentCount}, but ${listed} are listed`]),
      ...(mixed || broken === undefined ? [] : [`${id}: a gap before createdSeq ${broken.createdSeq}`]),
      ...(mixed || head === rows.length ? [] : [`${id}: head is ${head} with ${rows.length} comments`]),
    ]
  })

const findUndone = (edits: Edits, rows: ReadonlyMap<string, StoredRow>): string[] =>
  [...edits].flatMap(([id, { acknowledged, sent, deletion, seq }]) => {
    const row = rows.get(id)
    if (row === undefined) return [`${id} is not stored`]
    if (row.seq < seq) return [`${id}: acknowledged as seq ${seq}, stored as ${row.seq}`]
    if (deletion === 'acknowledged' && !row.deleted) return [`${id} is not deleted`]
    if (row.deleted) return deletion === 'none' ? [`${id} is deleted, but no client deleted it`] : []
    return row.body === acknowledged || sent.includes(row.body) ? [] : [`${id}: "${row.body}"`]
  })

/** The first difference between a reader's view and the database. */
const difference = (watch: Readers['watches'][number], { rows, commentCount }: StoredThread): string | null => {
  const shown = watch.view.shown()
  const listed = rows.filter((row) => row.listed)
  if (shown.length !== listed.length) return `${shown.length} comments instead of ${listed.length}`
  if (watch.view.commentCount !== commentCount)
    return `commentCount ${watch.view.commentCount} instead of ${commentCount}`
  for (const [at, row] of listed.entries()) {
    const { id, createdSeq, parentId, deleted, seq, replyCount } = row
    // A deleted comment keeps its place, and its content is not shown.
    const { html, reactions } = deleted ? { html: '', reactions: {} } : row
    const expected = { id, createdSeq, parentId, deleted, html, seq, reactions, replyCount }
    const own = shown[at]
    for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
      const [sees, has] = [JSON.stringify(own?.[name]), JSON.stringify(expected[name])]
      if (name === 'reactions' ? !sameTotals(own?.reactions, reactions) : sees !== has)
        return `${id}: ${name} ${sees} instead of ${has}`
    }
  }
  return null
}

/** A kind without reactions is absent on the wire. */
const sameTotals = (a: Readonly<Record<string, number>> = {}, b: Readonly<Record<string, number>>): boolean =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every((kind) => (a[kind] ?? 0) === (b[kind] ?? 0))

const findDiffering = ({ readers, threads }: Evidence): string[] =>
  readers.watches.flatMap((watch) => {
    const thread = threads.find(({ id }) => id === watch.thread)
    const what = thread === undefined ? 'its thread is not stored' : difference(watch, thread)
    return what === null ? [] : [`${watch.thread}: ${what}`]
  })

const findPhantoms = ({ readers, revisions, ledger }: Evidence, rows: ReadonlyMap<string, StoredRow>): string[] => {
  const known = new Map<string, Set<string>>()
  const add = (id: string, html: string): void => void known.set(id, (known.get(id) ?? new Set()).add(html))
  for (const row of rows.values()) add(row.id, row.html)
  for (const { id, html } of revisions) add(id, html)
  // A deletion erases the stored texts. What readers saw before it must be a text that its author sent.
  const erased = new Map<string, Set<string>>()
  for (const { text, ack } of ledger.entries.values()) if (ack !== null) erased.set(ack.id, new Set([text]))
  for (const [id, { sent }] of readers.edits) erased.set(id, new Set(sent))
  const wasSent = (id: string, html: string): boolean =>
    rows.get(id)?.deleted === true && [...(erased.get(id) ?? [])].some((text) => renderBody(text) === html)

  const seen = [...readers.seen].flatMap(([id, htmls]) => {
    if (!rows.has(id)) return [`${id} was seen, but is not stored`]
    return [...htmls]
      .filter((html) => html !== '' && known.get(id)?.has(html) !== true && !wasSent(id, html))
      .map((html) => `${id} was seen as ${html}`)
  })
  const unsent = [...rows.values()]
    .filter((row) => !ledger.entries.has(row.key))
    .map((row) => `${row.id} is stored, but no client sent it`)
  return [...seen, ...unsent]
}

/** Compare what clients were told and what they saw with what the database contains at the end. */
export const judge = (evidence: Evidence): Verdict => {
  const { ledger, readers, threads } = evidence
  const all = threads.flatMap((thread) => thread.rows)
  const rows = new Map(all.map((row) => [row.id, row]))
  const texts = all.filter((row) => row.body !== '')
  return {
    lost: findLost(ledger, rows, readers.edits),
    doubled: [...twice(all, (row) => row.key), ...twice(texts, (row) => `${row.thread} ${row.body}`)],
    phantoms: findPhantoms(evidence, rows),
    disordered: [...findDisorder(evidence), ...readers.broken],
    undone: findUndone(readers.edits, rows),
    differing: findDiffering(evidence),
    wrongAnswers: ledger.wrongAnswers,
    unanswered: [...ledger.entries.values()].filter(({ ack }) => ack === null).map(({ key }) => key),
    crashed: evidence.crashed,
  }
}

export const isGood = (verdict: Verdict): boolean => Object.values(verdict).every((list) => list.length === 0)
