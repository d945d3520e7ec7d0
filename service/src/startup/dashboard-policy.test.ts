import { expect, test } from 'vitest'
import { dashboardHeaders, previewHeaders } from './dashboard-policy.ts'

/** The directives of a policy by name. */
const directives = (policy: string | undefined): Map<string, string> =>
  new Map(
    (policy ?? '').split('; ').map((directive) => {
      const at = directive.indexOf(' ')
      return [directive.slice(0, at), directive.slice(at + 1)]
    }),
  )

const page = (scripts: string): string => `<!doctype html><html><head>${scripts}</head><body></body></html>`
const policyOf = (scripts: string) => directives(dashboardHeaders(page(scripts))['content-security-policy'])

test('inline scripts run by their hash, and scripts with an address by their origin', () => {
  // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
  const alert = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"
  expect(policyOf('<script>alert(1)</script><script type="module" src="/a.js"></script>').get('script-src')).toBe(
    `'self' ${alert}`,
  )
  expect(policyOf('<script src="/a.js"></script>').get('script-src')).toBe("'self'")
})

test('nothing may be run, framed, sent or loaded that the dashboard does not need', () => {
  const policy = policyOf('')
  expect(policy.get('default-src')).toBe("'none'")
  expect(policy.get('frame-ancestors')).toBe("'none'")
  expect(policy.get('base-uri')).toBe("'none'")
  expect(policy.get('require-trusted-types-for')).toBe("'script'")
  expect([...policy.values()].join(' ')).not.toMatch(/unsafe-inline|unsafe-eval|https?:|\*/)
})

test('only the dashboard frames a preview, which frames nothing; addresses of either go nowhere', () => {
  const preview = directives(previewHeaders(page(''))['content-security-policy'])
  expect(preview.get('frame-ancestors')).toBe("'self'")
  expect(preview.get('frame-src')).toBe("'none'")
  for (const headers of [dashboardHeaders(page('')), previewHeaders(page(''))])
    expect(headers['referrer-policy']).toBe('no-referrer')
})
