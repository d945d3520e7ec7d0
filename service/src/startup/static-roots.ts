import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StaticRoot } from '../transport/static-files.ts'

const widget = join(dirname(createRequire(import.meta.url).resolve('@repartee/widget/package.json')), 'dist')
const fromSource = import.meta.url.endsWith('.ts')
const root = new URL(fromSource ? '../../../' : '../../', import.meta.url)
const demo = fileURLToPath(new URL('examples/plain-html', root))

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

/** Every folder the public port serves. */
export const staticRoots = (o: { demo: boolean }): StaticRoot[] => {
  if (!existsSync(join(widget, 'embed.js'))) throw new Error(`${widget} is not built; run: npm run build`)
  return [
    { prefix: '/w/', folder: join(widget, 'w'), immutable: true, shared: true },
    { prefix: '/', folder: widget, only: ['embed.js'], immutable: false, shared: true },
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
