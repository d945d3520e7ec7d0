import * as v from 'valibot'

const time = v.pipe(v.number(), v.integer(), v.minValue(0))

const finding = <const Kind extends string, const Entries extends v.ObjectEntries>(kind: Kind, entries: Entries) =>
  v.object({ kind: v.literal(kind), ...entries })

/** Why a page could not be fetched. */
export const unreachableReasonSchema = v.picklist([
  'invalid_url',
  'not_http',
  'port_refused',
  'name_not_found',
  'name_unresolved',
  'address_refused',
  'connection_failed',
  'tls_failed',
  'timed_out',
  'too_many_redirects',
  'headers_too_large',
  'too_large',
  'bad_response',
])
export type UnreachableReason = v.InferOutput<typeof unreachableReasonSchema>

/** What was found on a page, as data: texts are chosen by `kind`. Texts from the page are cut to a few hundred characters. */
export const installationFindingSchema = v.variant('kind', [
  /** The snippet stands where it works. */
  finding('snippet_found', { how: v.picklist(['script', 'element']) }),
  /** The page was found at another address, which is judged. */
  finding('redirected', { to: v.string() }),
  /** Readers are on an origin that the site does not list, so the service refuses their requests. */
  finding('origin_not_listed', { origin: v.string() }),
  /** `detail` is a code of the system, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
  finding('unreachable', { reason: unreachableReasonSchema, detail: v.nullable(v.string()) }),
  finding('http_status', { status: v.number() }),
  finding('not_html', { contentType: v.string() }),
  /** No trace in the HTML. It may still be installed: scripts can add it, and only visits show that. */
  finding('not_in_html', {}),
  /** The page shows the snippet to its readers, as text. */
  finding('shown_as_text', {}),
  finding('in_comment', {}),
  /** It stands in a `<template>` or `<noscript>`, where nothing runs. */
  finding('inert', { within: v.picklist(['template', 'noscript']) }),
  /** `site` is the key on the page. */
  finding('wrong_site', { site: v.string() }),
  finding('no_site', {}),
  /** The script is loaded from `src`, which is not this service. */
  finding('wrong_host', { src: v.string() }),
  /** The page is on HTTPS, and browsers do not load the script from HTTP. */
  finding('insecure_script', { src: v.string() }),
  /** A type such as `text/plain` keeps the script from running; tools for consent write it. */
  finding('script_disabled', { type: v.string() }),
  /** `</script>` is missing, or the tag ends in `/>`: then browsers never run it. */
  finding('script_unclosed', {}),
  /** The script stands in the head, and there is no `<repartee-comments>` to draw in. */
  finding('script_in_head', {}),
  /** The script has `data-count`, which only fills counts. */
  finding('only_counts', {}),
  /** There is a `<repartee-comments>`, but no script that makes it one. An application may bring its own. */
  finding('no_script', {}),
  /** A Content Security Policy keeps the widget from working. */
  finding('csp_blocks', {
    /** `live`: comments work, but new ones are asked for instead of pushed. */
    what: v.picklist(['loader', 'application', 'requests', 'live', 'trusted_types', 'sandbox']),
    /** The directive to write. */
    directive: v.string(),
    /** The directive that blocks: the same, or the one it falls back to. */
    blockedBy: v.string(),
    /** What to add to it. `nonce`: put the page's nonce on the script. */
    add: v.string(),
    from: v.picklist(['header', 'meta']),
  }),
])
export type InstallationFinding = v.InferOutput<typeof installationFindingSchema>
export type InstallationFindingKind = InstallationFinding['kind']

/** One page as it was when it was last checked. */
export const installationCheckSchema = v.object({
  url: v.string(),
  findings: v.array(installationFindingSchema),
  checkedAt: time,
  /** The finding that keeps readers from commenting; `null` when there is none. */
  problem: v.nullable(installationFindingSchema),
  /** When that problem was first seen; `null` without one. */
  since: v.nullable(time),
})
export type InstallationCheck = v.InferOutput<typeof installationCheckSchema>

/**
 * `installed`: readers see the comments, or a checked page has the snippet. `problem`: something keeps them from it.
 * `seen_before`: they saw them, but not lately, and no page is known that shows them now.
 */
export const installationStatusSchema = v.picklist(['installed', 'seen_before', 'never', 'problem'])
export type InstallationStatus = v.InferOutput<typeof installationStatusSchema>

export const installationOriginSchema = v.object({
  origin: v.string(),
  status: installationStatusSchema,
  /** When readers' browsers first and last asked for comments here; `null` when they never did. */
  firstSeenAt: v.nullable(time),
  lastSeenAt: v.nullable(time),
  /** The check of one page of this origin, repeated every few hours; `null` when none was made. */
  check: v.nullable(installationCheckSchema),
})

/** An origin that the site does not list, whose pages asked for its comments. `null` as text: a file, or a sandboxed frame. */
export const refusedOriginSchema = v.object({ origin: v.string(), firstSeenAt: time, lastSeenAt: time })

export const installationSchema = v.object({
  status: installationStatusSchema,
  origins: v.array(installationOriginSchema),
  refused: v.array(refusedOriginSchema),
})
export type Installation = v.InferOutput<typeof installationSchema>

export const checkInstallationRequestSchema = v.strictObject({ url: v.pipe(v.string(), v.maxLength(2_048)) })
