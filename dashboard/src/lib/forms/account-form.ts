import * as v from 'valibot'
import { codeOf, explain } from '../admin/explain-error.ts'
import { t } from '../i18n/index.ts'
import { createForm, type Form } from './form.svelte.ts'

/** As the service counts them. */
const PASSWORD_LENGTH = 15

const longEnough = (password: string): boolean => [...password.normalize('NFKC')].length >= PASSWORD_LENGTH

export const emailField = v.pipe(v.string(), v.trim(), v.regex(/^[^\s@]+@[^\s@]+$/))
export const newPasswordField = v.pipe(v.string(), v.check(longEnough))

/** Whether a refusal is about the field with the address, or that with the password. */
export const accountField = (error: unknown): 'email' | 'password' | undefined => {
  const code = codeOf(error) ?? ''
  if (code.startsWith('email_')) return 'email'
  return code.startsWith('password_') ? 'password' : undefined
}

export type NewAccountValues = { email: string; password: string; name: string }

/** The form of a new account. */
export const createAccountForm = (send: (value: NewAccountValues) => Promise<void>): Form<NewAccountValues> =>
  createForm<NewAccountValues, NewAccountValues>({
    schema: v.object({ email: emailField, password: newPasswordField, name: v.pipe(v.string(), v.trim()) }),
    initial: { email: '', password: '', name: '' },
    wrong: { email: () => t().errors.email_invalid, password: () => t().errors.password_too_short },
    send,
    explain: (error) => {
      const field = accountField(error)
      return { ...(field !== undefined && { field }), text: () => explain(error) }
    },
  })
