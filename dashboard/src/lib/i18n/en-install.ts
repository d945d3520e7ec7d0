/** Putting the comments into pages, and seeing whether they are there. */
export const install = {
  title: 'Install',
  lead: 'One line in your pages, and the comments are there.',
  where: 'Where to paste it',
  whereLead: 'It goes where the comments should appear, usually below the text.',
  host: 'Your pages are made with',
  code: 'Copy this',
}
