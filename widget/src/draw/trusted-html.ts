type Policy = { createHTML(html: string): string }
type Factory = { createPolicy(name: string, rules: Policy): Policy }

let policy: Policy | null | undefined

/**
 * Vouch for HTML the service has sanitised. Made at first use, so a host that allows only other policies loses nothing
 * before there is a comment to show.
 */
export const trustedHtml = (html: string): string => {
  if (policy === undefined) {
    const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes
    policy = factory ? factory.createPolicy('repartee', { createHTML: (input) => input }) : null
  }
  return policy ? policy.createHTML(html) : html
}
