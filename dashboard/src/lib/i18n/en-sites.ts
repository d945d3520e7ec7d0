import type { InstallationStatus } from '@repartee/sdk/protocol/admin'

const statuses: Readonly<Record<InstallationStatus, string>> = {
  installed: 'Installed',
  seen_before: 'Not seen lately',
  never: 'Not installed yet',
  problem: 'There is a problem',
}

/** Sites: their list, their making, their overview and their end. */
export const sites = {
  list: {
    title: 'Sites',
    lead: 'Every blog or page of yours that shows comments.',
    act: 'New site',
    emptyTitle: 'No sites yet',
    emptyText:
      'A site is a blog, or a part of one, that shows comments. Make the first one, and you get one line to paste into your pages.',
    deletes: 'Deleted. Everything is gone {when}.',
    restore: 'Restore',
    restored: '“{name}” is back.',
    more: 'Show more',
    made: 'Made {when}',
  },
  create: {
    title: 'New site',
    lead: 'Two answers, and you get the line to paste.',
    name: 'Name',
    nameHelp: 'Readers do not see it. Most people take the name of the blog.',
    nameMissing: 'Give the site a name of at most 100 characters.',
    origins: 'Where your pages are',
    originsHelp:
      'The first part of their addresses, one a line, such as https://blog.example. Add the one where you try things out too.',
    originsMissing: 'Enter at least one address, such as https://blog.example.',
    organisation: 'Belongs to',
    act: 'Make the site',
    done: '“{name}” is ready. Paste the line into your pages next.',
  },
  overview: {
    lead: 'Made {when}.',
    start: 'Start here',
    startLead: 'Three steps to the first comment.',
    steps: {
      made: 'The site is made',
      madeText: 'Its comments are kept under the key {key}.',
      paste: 'Paste one line into your pages',
      pasteText: 'We have the exact place for WordPress, Hugo, Ghost and others.',
      pasteAct: 'Show me how',
      look: 'See how it looks',
      lookText: 'Try colours and sizes before your readers see them.',
      lookAct: 'Open the preview',
    },
    facts: 'In short',
    key: 'Key',
    origins: 'Shown on',
    organisation: 'Belongs to',
    role: 'Your role',
    roles: { owner: 'Owner', admin: 'Admin', moderator: 'Moderator', viewer: 'Viewer' },
    guests: 'Who may comment',
    guestsYes: 'Everyone who gives a name',
    guestsNo: 'Only people who are signed in',
    approval: 'Approval',
    approvals: {
      none: 'Comments appear at once',
      first: 'The first comment of everyone waits for you',
      all: 'Every comment waits for you',
    },
  },
  /** Of the comments on the pages of a site. */
  statuses,
  deleted: {
    title: 'This site is deleted',
    text: 'Readers no longer see its comments. Until {date} you can bring all of it back.',
    act: 'Restore the site',
  },
  /** The service's own pages, such as the demo. */
  self: 'this service',
  gone: {
    title: 'There is no such site',
  },
}
