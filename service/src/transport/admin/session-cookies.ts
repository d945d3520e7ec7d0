import type { SessionSecret } from '../../core/accounts/open-session.ts'

/** Browsers take a `__Host-` cookie only over HTTPS, for this host alone (RFC 6265bis §4.1.3.2). */
const SECURE = { session: '__Host-repartee', device: '__Host-repartee-device' }
/** On localhost there is no HTTPS, and not every browser takes secure cookies there. */
const LOCAL = { session: 'repartee-local', device: 'repartee-local-device' }

const DEVICE_LIFE_S = 365 * 24 * 60 * 60

const namesFor = (origin: string) => (origin.startsWith('https:') ? SECURE : LOCAL)

const attributesFor = (origin: string): string =>
  `Path=/; HttpOnly; SameSite=Lax${origin.startsWith('https:') ? '; Secure' : ''}`

/** The value of one cookie; `null` when it is absent, malformed, or there twice, so that nobody can slip a second one in. */
const cookieValue = (header: string, name: string): string | null => {
  const values = header
    .split(/[;,]/)
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
  const [value] = values
  return values.length === 1 && value !== undefined && /^[\w.-]{1,200}$/.test(value) ? value : null
}

/** What a browser brings to the dashboard at this origin. */
export const readCookies = (header: string, origin: string): { token: string | null; knownDevice: string } => {
  const names = namesFor(origin)
  return { token: cookieValue(header, names.session), knownDevice: cookieValue(header, names.device) ?? '' }
}

/** `Set-Cookie` lines that keep or end a session, and keep the proof of a known device. */
export const writeCookies = (
  origin: string,
  o: {
    session?: SessionSecret | null | undefined
    knownDevice?: string | null | undefined
    nowAt: number
  },
): string[] => {
  const names = namesFor(origin)
  const attributes = attributesFor(origin)
  const lines: string[] = []
  if (o.session === null) lines.push(`${names.session}=; Max-Age=0; ${attributes}`)
  else if (o.session !== undefined) {
    const maxAge = Math.max(0, Math.floor((o.session.expiresAt - o.nowAt) / 1_000))
    lines.push(`${names.session}=${o.session.token}; Max-Age=${maxAge}; ${attributes}`)
  }
  if (o.knownDevice != null) lines.push(`${names.device}=${o.knownDevice}; Max-Age=${DEVICE_LIFE_S}; ${attributes}`)
  return lines
}
