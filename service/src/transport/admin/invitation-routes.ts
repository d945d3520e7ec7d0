import { invitationRequestSchema, invitationResultSchema, invitationsSchema } from '@repartee/sdk/protocol/admin'
import { invite, listInvitations, removeInvitation } from '../../core/accounts/invitations.ts'
import { adminRoute } from './admin-route.ts'

/** Whom operators let in. */
export const invitationRoutes = [
  adminRoute({
    method: 'GET',
    path: '/invitations',
    name: 'admin.invitations',
    summary: 'Open invitations, newest first, at most 200',
    responses: { 200: invitationsSchema },
    run: async ({ deps }) => ({ status: 200, data: { invitations: await listInvitations(deps) } }),
  }),
  adminRoute({
    method: 'POST',
    path: '/invitations',
    name: 'admin.invitations.create',
    summary: 'Invite someone to open an account. Answers with the link where no mail can be sent',
    body: invitationRequestSchema,
    responses: { 201: invitationResultSchema },
    run: async ({ deps, actor, body }) => ({ status: 201, data: await invite(deps, actor, body) }),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/invitations/:invitation',
    name: 'admin.invitations.remove',
    summary: 'Take an invitation back',
    responses: { 204: null },
    run: async ({ deps, params }) => {
      await removeInvitation(deps, { id: params.invitation })
      return { status: 204, data: null }
    },
  }),
]
