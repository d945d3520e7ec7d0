import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StaticRoot } from '../transport/static-files.ts'
import { dashboardHeaders, previewHeaders } from './dashboard-policy.ts'

const widget = join(dirname(createRequire(import.meta.url).resolve('@repartee/widget/package.json')), 'dist')
const fromSource = import.meta.url.endsWith('.ts')
const root = new URL(fromSource ? '../../../' : '../../', import.meta.url)
const demo = fileURLToPath(new URL('examples/plain-html', root))
const dashboard = fileURLToPath(new URL('dashboard/dist', root))

/**
 * The sample blog has the strictest policy that the widget supports, as a demonstration: no inline script or style, and
 * Trusted Types.
 */
const demoPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types repartee svelte-trusted-html',
].join('; ')

/**
 * The dashboard reads its paths itself, so its page answers all of them. From source it may be missing: `npm run dev`
 * serves its sources instead.
 */
const dashboardRoots = (): StaticRoot[] => {
  const page = join(dashboard, 'index.html')
  if (!existsSync(page)) {
    if (fromSource) return []
    throw new Error(`${dashboard} is not built; run: npm run build`)
  }
  const html = readFileSync(page, 'utf8')
  return [
    { prefix: '/dashboard/_app/immutable/', folder: join(dashboard, '_app/immutable'), immutable: true, shared: false },
    // The same page of the application, which reads the path: only in this one place may it be framed.
    {
      prefix: '/dashboard/frame/',
      folder: dashboard,
      only: ['index.html'],
      immutable: false,
      shared: false,
      headers: previewHeaders(html),
      fallback: 'index.html',
    },
    {
      prefix: '/dashboard/',
      folder: dashboard,
      immutable: false,
      shared: false,
      headers: dashboardHeaders(html),
      fallback: 'index.html',
    },
  ]
}

/** Every folder the public port serves. */
export const staticRoots = (o: { demo: boolean }): StaticRoot[] => {
  if (!existsSync(join(widget, 'embed.js'))) throw new Error(`${widget} is not built; run: npm run build`)
  return [
    { prefix: '/w/', folder: join(widget, 'w'), immutable: true, shared: true },
    { prefix: '/', folder: widget, only: ['embed.js'], immutable: false, shared: true },
    ...dashboardRoots(),
    ...(o.demo
      ? [
          {
            prefix: '/demo/',
            folder: demo,
            immutable: false,
            shared: false,
            headers: { 'content-security-policy': demoPolicy, 'referrer-policy': 'strict-origin-when-cross-origin' },
          },
        ]
      : []),
  ]
}
