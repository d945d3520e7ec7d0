import { adminSiteSchema, adminSitesSchema, changeSiteSchema, newSiteSchema } from '@repartee/sdk/protocol/admin'
import * as v from 'valibot'
import { changeSite } from '../../core/sites/change-site.ts'
import { createOwnSite } from '../../core/sites/create-own-site.ts'
import { exportSite } from '../../core/sites/export-site.ts'
import { listOwnSites } from '../../core/sites/list-own-sites.ts'
import { removeSite, restoreSite } from '../../core/sites/remove-site.ts'
import { toAdminSite } from '../../core/sites/site-view.ts'
import { adminRoute } from './admin-route.ts'

/** Sites and their settings. */
export const siteRoutes = [
  adminRoute({
    method: 'GET',
    path: '/sites',
    name: 'admin.sites',
    summary: 'The sites of the organisations of the account, oldest first',
    query: v.strictObject({ cursor: v.optional(v.pipe(v.string(), v.uuid())) }),
    responses: { 200: adminSitesSchema },
    run: async ({ deps, actor, query }) => ({ status: 200, data: await listOwnSites(deps, actor, query) }),
  }),
  adminRoute({
    method: 'POST',
    path: '/sites',
    name: 'admin.sites.create',
    summary: 'Create a site',
    body: newSiteSchema,
    responses: { 201: adminSiteSchema },
    run: async ({ deps, actor, body }) => ({ status: 201, data: await createOwnSite(deps, actor, body) }),
  }),
  adminRoute({
    method: 'GET',
    path: '/sites/:site',
    name: 'admin.site',
    summary: 'One site with its settings',
    responses: { 200: adminSiteSchema },
    run: async ({ actor }) => ({ status: 200, data: toAdminSite(actor, actor.site) }),
  }),
  adminRoute({
    method: 'PATCH',
    path: '/sites/:site',
    name: 'admin.site.change',
    summary: 'Change name, origins or settings. `edit_conflict` says what someone else changed first',
    body: changeSiteSchema,
    responses: { 200: adminSiteSchema },
    run: async ({ deps, actor, body }) => ({ status: 200, data: await changeSite(deps, actor, body) }),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/sites/:site',
    name: 'admin.site.remove',
    summary: 'Delete a site. Readers no longer find it; for two weeks it can be restored',
    responses: { 200: adminSiteSchema },
    run: async ({ deps, actor }) => ({ status: 200, data: await removeSite(deps, actor) }),
  }),
  adminRoute({
    method: 'POST',
    path: '/sites/:site/restore',
    name: 'admin.site.restore',
    summary: 'Restore a deleted site',
    responses: { 200: adminSiteSchema },
    run: async ({ deps, actor }) => ({ status: 200, data: await restoreSite(deps, actor) }),
  }),
  adminRoute({
    method: 'GET',
    path: '/sites/:site/export',
    name: 'admin.site.export',
    summary: 'Everything of a site as JSON Lines. The last line is {"type":"end"}',
    responses: { 200: null },
    run: async ({ deps, actor }) => ({
      status: 200,
      data: null,
      stream: exportSite(deps, actor.site),
      headers: {
        'content-type': 'application/jsonl; charset=utf-8',
        'content-disposition': `attachment; filename="${actor.site.publicKey}.jsonl"`,
      },
    }),
  }),
]
