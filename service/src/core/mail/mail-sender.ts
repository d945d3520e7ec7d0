import { parseEmail } from '../accounts/email-address.ts'

const refuse = (): never => {
  throw new Error('expected an address like comments@blog.example or Name <comments@blog.example>')
}

/** Read the sender of all mail: `comments@blog.example` or `Name <comments@blog.example>`. Throws when it is none. */
export const parseMailSender = (text: string): { readonly name: string; readonly address: string } => {
  const [, name = '', bracketed] = /^\s*"?([^"<>]*?)"?\s*<([^<>]+)>\s*$/.exec(text) ?? []
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these would end a header
  if (/[\u0000-\u001f\u007f]/.test(name)) return refuse()
  try {
    return { name, address: parseEmail(bracketed ?? text) }
  } catch {
    return refuse()
  }
}
