import type { SettingPath } from '../sites/setting-fields.ts'
import type { Counted } from './wording.ts'

type SettingTexts = {
  readonly label: string
  readonly help: string
  /** Of its choices. */
  readonly options?: Readonly<Record<string, string>>
}
export type SettingsOfSite = Readonly<Record<SettingPath, SettingTexts>>

const fields: SettingsOfSite = {
  guests: {
    label: 'Guests may comment',
    help: 'They give a name and nothing else. Off, only people who are signed in can write.',
  },
  premoderation: {
    label: 'Comments wait for approval',
    help: 'A waiting comment is seen by its author and by you. Waiting for the first one keeps out most spam and bothers each reader once.',
    options: { none: 'Never: they appear at once', first: 'The first one of each author', all: 'All of them' },
  },
  'words.held': {
    label: 'Words that hold a comment',
    help: 'A comment with one of them waits for approval. One word or phrase a line; capitals do not matter.',
  },
  'words.blocked': {
    label: 'Words that refuse a comment',
    help: 'A comment with one of them is not taken, and its author is told so. One a line.',
  },
  'links.hold': {
    label: 'Links before a comment waits',
    help: 'A comment with more links than this waits for approval. Spam is full of links, readers’ comments seldom are.',
  },
  'links.refuse': {
    label: 'Links before a comment is refused',
    help: 'A comment with more links than this is not taken.',
  },
  maxBodyLength: {
    label: 'Longest comment',
    help: 'In characters, from 1 to 20,000. Ten thousand are about four printed pages.',
  },
  editWindowMs: {
    label: 'Minutes to edit',
    help: 'How long after posting authors may still change their comment. 0 means never.',
  },
  reactions: {
    label: 'Reactions',
    help: 'What readers can give a comment, one a line, in this order: like, love, laugh, wow, sad. Empty, there are none.',
  },
  commentsPerMinute: {
    label: 'Comments a minute',
    help: 'As many as one reader may send within a minute. People write one or two; programs write hundreds.',
  },
  duplicateWindowMs: {
    label: 'Minutes against repetition',
    help: 'The same text by the same author is refused for this long. 0 means never.',
  },
}

/** Settings of a site, and what can be done to it as a whole. */
export const settings = {
  title: 'Settings',
  lead: 'They hold for every page of this site, from the next comment on.',
  readOnly: 'Your role lets you see the settings, not change them. Ask an owner.',
  groups: {
    general: { title: 'General', lead: 'What it is called, and where it is shown.' },
    who: { title: 'Who may comment', lead: 'How open the door is.' },
    held: { title: 'What is held back', lead: 'Checked before anyone sees a comment.' },
    writing: { title: 'Writing', lead: 'What authors can do.' },
    floods: { title: 'Against floods', lead: 'Limits that people do not notice.' },
  },
  fields,
  name: { label: 'Name', help: 'Readers do not see it.' },
  origins: {
    label: 'Where it is shown',
    help: 'The first part of the addresses of your pages, one a line, such as https://blog.example. On all others the comments do not load.',
  },
  wrong: {
    name: 'Give the site a name of at most 100 characters.',
    origins: 'Enter at least one address, such as https://blog.example.',
    amount: 'Enter a whole number from {min} to {max}.',
  },
  changes: { one: '{n} change is not saved yet.', other: '{n} changes are not saved yet.' } as Counted,
  discard: 'Discard',
  saved: 'The settings are saved.',
  leave: {
    title: 'Leave without saving?',
    consequences: ['What you changed here is lost.'],
    act: 'Leave',
  },
  conflict: {
    title: 'Someone else changed this site while you were editing',
    text: 'Nothing of yours is lost. Look at what is different, then save again to keep yours.',
    theirs: 'Now: {value}',
    mine: 'Yours: {value}',
    take: 'Take what is there now',
    empty: 'nothing',
    on: 'on',
    off: 'off',
  },
  end: {
    title: 'Take away or delete',
    lead: 'All of it belongs to you.',
    exportTitle: 'Take everything away',
    exportText: 'All comments, authors, reactions and settings of this site as JSON Lines, one record a line.',
    exportAct: 'Download',
    deleteTitle: 'Delete this site',
    deleteText: 'Readers no longer see its comments. For two weeks you can bring it back.',
    deleteAct: 'Delete the site',
    deleteAsk: 'Delete “{name}”?',
    consequences: [
      'Comments disappear from every page of this site at once.',
      'For two weeks you can restore it from the list of your sites.',
      'After that all comments, authors and settings are gone for good.',
    ],
    typed: 'Type {name} to go on',
    deleted: '“{name}” is deleted.',
  },
}
