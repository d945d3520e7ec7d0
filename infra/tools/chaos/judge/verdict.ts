import { renderBody } from '@repartee/service/markdown/render-markdown'
import type { Edits } from '../load/editing.ts'
import type { Ledger } from '../load/ledger.ts'
import type { Readers } from '../load/readers.ts'
import type { StoredRow, StoredThread } from './stored.ts'

/** What must not be, by what it is; every list is empty after a good run. */
export type Verdict = {
  /** Acknowledged, but not stored under its key, text and seq. */
  readonly lost: readonly string[]
  /** Stored more than once. */
  readonly doubled: readonly string[]
  /** Seen by a reader, but never stored; or stored, but sent by nobody. */
  readonly phantoms: readonly string[]
  /** A thread's counter with gaps, or seqs taken twice. */
  readonly disordered: readonly string[]
  /** Edits and deletions that were acknowledged and are not there. */
  readonly undone: readonly string[]
  /** Readers whose picture is not what the database has. */
  readonly differing: readonly string[]
  /** Answers no client should get. */
  readonly wrongAnswers: readonly string[]
  /** Comments that were never answered, though every fault had healed. */
  readonly unanswered: readonly string[]
  /** Nodes that ended by themselves. */
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
    return isSame ? [] : [`${ack.id}: told seq ${ack.seq} "${text}", stored ${row.createdSeq} "${row.body}"`]
  })

const findDisorder = ({ threads }: Evidence): string[] =>
  threads.flatMap(({ id, head, commentCount, rows, mixed }) => {
    const listed = rows.filter((row) => row.listed && !row.deleted).length
    const broken = rows.find((row, at) => row.createdSeq !== at + 1)
    return [
      ...twice(rows, (row) => row.createdSeq).map((seq) => `${id}: createdSeq ${seq} twice`),
      ...twice(rows, (row) => row.seq).map((seq) => `${id}: seq ${seq} twice`),
      ...(rows.some((row) => row.seq > head) ? [`${id}: a seq above the head`] : []),
      ...(commentCount === listed ? [] : [`${id}: counts ${commentCount}, has ${listed}`]),
      ...(mixed || broken === undefined ? [] : [`${id}: a gap before createdSeq ${broken.createdSeq}`]),
      ...(mixed || head === rows.length ? [] : [`${id}: head ${head}, ${rows.length} comments`]),
    ]
  })

const findUndone = (edits: Edits, rows: ReadonlyMap<string, StoredRow>): string[] =>
  [...edits].flatMap(([id, { acknowledged, sent, deletion, seq }]) => {
    const row = rows.get(id)
    if (row === undefined) return [`${id} is not stored`]
    if (row.seq < seq) return [`${id}: told seq ${seq}, stored ${row.seq}`]
    if (deletion === 'acknowledged' && !row.deleted) return [`${id} is not deleted`]
    if (row.deleted) return deletion === 'none' ? [`${id} was deleted by nobody`] : []
    return row.body === acknowledged || sent.includes(row.body) ? [] : [`${id}: "${row.body}"`]
  })

/** The first difference between what a reader sees and what the database has. */
const difference = (watch: Readers['watches'][number], { rows, commentCount }: StoredThread): string | null => {
  const shown = watch.view.shown()
  const listed = rows.filter((row) => row.listed)
  if (shown.length !== listed.length) return `${shown.length} comments instead of ${listed.length}`
  if (watch.view.commentCount !== commentCount) return `counts ${watch.view.commentCount} instead of ${commentCount}`
  for (const [at, row] of listed.entries()) {
    const { id, createdSeq, parentId, deleted, seq, replyCount } = row
    // Of a deleted comment nothing is shown but its place.
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

/** Kinds nobody chose are absent on the wire. */
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
  // A deletion erases the texts; what was shown before it must have been sent by the author.
  const erased = new Map<string, Set<string>>()
  for (const { text, ack } of ledger.entries.values()) if (ack !== null) erased.set(ack.id, new Set([text]))
  for (const [id, { sent }] of readers.edits) erased.set(id, new Set(sent))
  const wasSent = (id: string, html: string): boolean =>
    rows.get(id)?.deleted === true && [...(erased.get(id) ?? [])].some((text) => renderBody(text) === html)

  const seen = [...readers.seen].flatMap(([id, htmls]) => {
    if (!rows.has(id)) return [`${id} was seen and is not stored`]
    return [...htmls]
      .filter((html) => html !== '' && known.get(id)?.has(html) !== true && !wasSent(id, html))
      .map((html) => `${id} was seen as ${html}`)
  })
  const unsent = [...rows.values()]
    .filter((row) => !ledger.entries.has(row.key))
    .map((row) => `${row.id} was sent by nobody`)
  return [...seen, ...unsent]
}

/** Compare what clients were told and saw with what the database has in the end. */
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
