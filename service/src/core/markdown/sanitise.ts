import sanitizeHtml from 'sanitize-html'
import { safeHref } from './safe-href.ts'

/** Deep enough for every list and quote the parser allows. Deeper emphasis loses its tags but not its text. */
const maxDepth = 24

const options: sanitizeHtml.IOptions = {
  allowedTags: ['p', 'br', 'em', 'strong', 'del', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'a', 'hr'],
  allowedAttributes: { a: ['href', 'rel', 'target'], ol: ['start'] },
  allowedClasses: { code: [/^language-[a-z0-9+#-]{1,20}$/] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  nestingLimit: maxDepth,
  transformTags: {
    a: (_tag, { href = '' }) => {
      const safe = safeHref(href)
      if (safe === null) return { tagName: 'a', attribs: {} }
      return { tagName: 'a', attribs: { href: safe, rel: 'nofollow ugc noopener noreferrer', target: '_blank' } }
    },
    ol: (tagName, { start = '' }) => ({ tagName, attribs: /^\d{1,9}$/.test(start) ? { start } : {} }),
  },
  // Renaming the tag to a disallowed one would not do: sanitize-html would then rename a later end tag at that depth.
  exclusiveFilter: ({ tag, attribs }) => (tag === 'a' && attribs.href === undefined ? 'excludeTag' : false),
}

/** Reduce any HTML to what a comment may contain. Idempotent. */
export const sanitise = (html: string): string => sanitizeHtml(html, options)
