import { tick } from 'svelte'
import * as v from 'valibot'
import { Cancelled } from '../admin/explain-error.ts'

type Values = Record<string, unknown>

/** Text about a field; a function, so that it follows a change of language. */
type Words = () => string
export type Form<T extends Values> = {
  /** What the fields hold; bind to them. */
  readonly values: T
  readonly busy: boolean
  /** Whether a field differs from what it held at first, or when it was last saved. */
  readonly changed: boolean
  /** The text about a field, if there is something to say. */
  error(field: keyof T): string | undefined
  /** Why it was refused as a whole. */
  readonly problem: string | undefined
  /** Give to `onsubmit`. */
  submit(event: SubmitEvent & { currentTarget: HTMLFormElement }): Promise<void>
  /** Begin again with these values. */
  reset(values: T): void
}

export type FormOptions<T extends Values, Output> = {
  readonly schema: v.GenericSchema<T, Output>
  readonly initial: T
  /** What is wrong with a field whose value does not fit the schema. */
  readonly wrong: { readonly [K in keyof T]?: Words }
  /** Resolves when it is done. What it rejects with goes to `explain`. */
  readonly send: (value: Output) => Promise<void>
  /** What a refusal means: for a field, or for the whole form. */
  readonly explain: (error: unknown) => { readonly field?: keyof T; readonly text: Words }
}

const firstParts = (issues: readonly v.BaseIssue<unknown>[]): string[] =>
  issues.map((issue) => String(issue.path?.[0]?.key ?? ''))

/** The state of a form: checks in the browser first, asks the service then, and puts the focus on what is to be mended. */
export const createForm = <T extends Values, Output>(o: FormOptions<T, Output>): Form<T> => {
  let values = $state(o.initial)
  let saved = $state.raw(JSON.stringify(o.initial))
  /** What the service said about fields, each with the value it was said about. */
  let refused = $state.raw<{ [K in keyof T]?: { words: Words; value: unknown } }>({})
  let problem = $state.raw<Words | undefined>(undefined)
  let busy = $state(false)
  /** Nobody is told that an address is incomplete while they write it; once told, they see it mended at once. */
  let tried = $state(false)
  const wrong = $derived.by((): readonly (keyof T)[] => {
    if (!tried) return []
    const { issues } = v.safeParse(o.schema, values)
    return issues === undefined ? [] : (firstParts(issues) as (keyof T)[])
  })

  const showFirst = async (form: HTMLFormElement): Promise<void> => {
    await tick()
    const place =
      form.querySelector<HTMLElement>('[aria-invalid="true"]') ?? form.querySelector<HTMLElement>('[role="alert"]')
    place?.focus()
  }

  return {
    get values() {
      return values
    },
    get busy() {
      return busy
    },
    get changed() {
      return JSON.stringify(values) !== saved
    },
    get problem() {
      return problem?.()
    },
    error: (field) => {
      if (wrong.includes(field)) return (o.wrong[field] ?? (() => ''))()
      const said = refused[field]
      return said !== undefined && said.value === values[field] ? said.words() : undefined
    },
    submit: async (event) => {
      event.preventDefault()
      if (busy) return
      const form = event.currentTarget
      const parsed = v.safeParse(o.schema, $state.snapshot(values))
      problem = undefined
      refused = {}
      if (!parsed.success) {
        tried = true
        return showFirst(form)
      }
      busy = true
      try {
        await o.send(parsed.output)
        saved = JSON.stringify(values)
        tried = false
      } catch (error) {
        if (error instanceof Cancelled) {
          if (error.message !== '') problem = () => error.message
          return
        }
        const { field, text } = o.explain(error)
        if (field === undefined) problem = text
        else refused = { [field]: { words: text, value: values[field] } } as typeof refused
        await showFirst(form)
      } finally {
        busy = false
      }
    },
    reset: (next) => {
      values = next
      saved = JSON.stringify(next)
      refused = {}
      tried = false
      problem = undefined
    },
  }
}
