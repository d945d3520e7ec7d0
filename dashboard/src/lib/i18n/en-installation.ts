/** What only those who run an installation see. */
export const installation = {
  invitations: {
    title: 'Invitations',
    lead: 'People you invite make an account of their own. What they may do on a site, its owners decide.',
    email: 'E-mail address',
    language: 'Language of the invitation',
    act: 'Invite',
    sent: 'The invitation is on its way to {email}.',
    linkTitle: 'Pass this link on yourself',
    linkText: 'This installation cannot send mail. Whoever opens the link within a week becomes {email} here.',
    link: 'Invitation link',
    open: 'Open invitations',
    emptyTitle: 'No open invitations',
    emptyText: 'Whoever is invited and has not joined yet is listed here.',
    expires: 'Works until {when}',
    remove: 'Take back',
    removed: 'The invitation for {email} no longer works.',
  },
  mail: {
    title: 'Mail',
    lead: 'How this installation sends mail.',
    offTitle: 'Mail is not set up',
    offText:
      'Start the service with the address of your mail server. Until then, links are shown here or printed by the service.',
    onTitle: 'Mail is set up',
    onText: 'Links, invitations and warnings are sent.',
    example: 'Environment of the service',
  },
}
