import type { InstallationFinding, UnreachableReason } from '@repartee/sdk/protocol/admin'

type FindingKind = InstallationFinding['kind']
type Blocked = Extract<InstallationFinding, { kind: 'csp_blocks' }>['what']

/** What was found, and what to do about it, where something is wrong. */
export type FindingTexts = Readonly<Record<FindingKind, { readonly what: string; readonly fix?: string }>>

const findings: FindingTexts = {
  snippet_found: { what: 'The line is on the page, and it works there.' },
  redirected: { what: 'The page is now at {to}.' },
  origin_not_listed: {
    what: 'The page is on {origin}, which this site does not list.',
    fix: 'Add the address to “Where it is shown” in the settings. Until then its readers see no comments.',
  },
  unreachable: {
    what: 'The page could not be opened: {reason}',
    fix: 'Check that you can open it yourself, then look again.',
  },
  http_status: {
    what: 'The page answers with the status {status}.',
    fix: 'Check that you can open it yourself. If only visitors who are signed in can, we cannot look, but the comments work for them.',
  },
  not_html: {
    what: 'The address leads to a file ({contentType}), not to a page.',
    fix: 'Enter the address of a page with comments.',
  },
  not_in_html: {
    what: 'The line is not in the HTML of the page.',
    fix: 'Paste it, or empty the cache of your site. If a script adds it, open the page once in your browser: then we notice.',
  },
  shown_as_text: {
    what: 'The page shows the line to its readers as text.',
    fix: 'Your editor turned it into text. Paste it into a block for HTML or code, not into the text of the post.',
  },
  in_comment: {
    what: 'The line is in an HTML comment, where nothing runs.',
    fix: 'Remove the <!-- and --> around it.',
  },
  inert: {
    what: 'The line is in a <{within}>, where nothing runs.',
    fix: 'Move it out of there, to where the comments should appear.',
  },
  wrong_site: {
    what: 'The line on the page names another site, {site}.',
    fix: 'Copy the line from this page again and replace the one that is there.',
  },
  no_site: { what: 'The line on the page names no site.', fix: 'Copy the whole line from this page, with data-site.' },
  wrong_host: {
    what: 'The line on the page loads its script from {src}, which is not this service.',
    fix: 'Copy the line from this page again and replace the one that is there.',
  },
  insecure_script: {
    what: 'The page is on HTTPS, but the line loads its script from {src} without it, and browsers refuse that.',
    fix: 'Reach this service by HTTPS too, and copy the line again.',
  },
  script_disabled: {
    what: 'Something changed the type of the script to {type}, so that it does not run.',
    fix: 'A tool that asks for consent does this. Exempt embed.js, or let readers agree to it.',
  },
  script_unclosed: {
    what: 'The end of the line is missing, so that it does not run.',
    fix: 'Paste the whole line, up to </script>.',
  },
  script_in_head: {
    what: 'The line is in the <head>, and nothing on the page says where the comments should appear.',
    fix: 'Move it to where the comments should appear, or put <repartee-comments></repartee-comments> there.',
  },
  only_counts: {
    what: 'The line only shows the numbers of comments, because it says data-count.',
    fix: 'For a page with comments, copy the line without data-count.',
  },
  no_script: {
    what: 'The page has a place for the comments, but no line that fills it.',
    fix: 'Paste the line anywhere on the page, unless your application brings the comments itself.',
  },
  csp_blocks: { what: '{what}', fix: 'Add {add} to {directive} of your content security policy.' },
}

const blocked: Readonly<Record<Blocked, string>> = {
  loader: 'The content security policy of the page stops the script before it starts.',
  application: 'The content security policy of the page stops the comments from loading.',
  requests: 'The content security policy of the page forbids the comments to reach this service.',
  live: 'Comments work, but the content security policy of the page keeps new ones from appearing at once.',
  trusted_types: 'The Trusted Types policy of the page stops the comments.',
  sandbox: 'The page is sandboxed, so that its scripts do not run.',
}

const reasons: Readonly<Record<UnreachableReason, string>> = {
  invalid_url: 'this is not the address of a page.',
  not_http: 'its address does not begin with https:// or http://.',
  port_refused: 'its port is one that browsers do not open.',
  name_not_found: 'there is no such name on the internet. Is it spelled right?',
  name_unresolved: 'its name could not be looked up at the moment.',
  address_refused: 'it is on a private network, which this service does not visit.',
  connection_failed: 'nothing answers at this address.',
  tls_failed: 'its HTTPS certificate is not valid.',
  timed_out: 'it took too long to answer.',
  too_many_redirects: 'it leads from one address to the next without end.',
  headers_too_large: 'its answer is larger than a page’s should be.',
  too_large: 'it is larger than a page should be.',
  bad_response: 'its answer is not one that browsers understand.',
}

/** Putting the comments into pages, and seeing whether they are there. */
export const install = {
  title: 'Install',
  lead: 'One line in your pages, and the comments are there.',
  where: 'Where to paste it',
  whereLead: 'It goes where the comments should appear, usually below the text.',
  host: 'Your pages are made with',
  code: 'Copy this',
  check: {
    title: 'Is it there?',
    lead: 'We look at your pages every few hours, and notice when readers open them.',
    page: 'Address of a page with comments',
    pageHelp: 'Any post will do. We open it as a stranger would.',
    pageMissing: 'Enter the address of a page, such as https://blog.example/first-post.',
    act: 'Look now',
    looking: 'Looking at the page…',
    neverText: 'Nobody has seen the comments here yet. Paste the line, then open the page or let us look at it.',
    seenFirst: 'First seen {when}',
    seenLast: 'last seen {when}',
    checked: 'Looked at {when}:',
    since: 'Since {when}.',
    refusedTitle: 'Another address asks for these comments',
    refused: 'Pages on {origin} asked for them {when} and were refused, because the site does not list this address.',
    refusedNull:
      'A page without an address, such as a file on somebody’s disk, asked for them {when}. Open pages from a server.',
    refusedAct: 'Add it to the site',
    refusedAdded: '{origin} is added. Its readers see the comments now.',
  },
  findings,
  blocked,
  reasons,
}
