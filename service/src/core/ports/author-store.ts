import type { Role } from '@repartee/sdk/protocol'
import type { Reader } from '../actor.ts'

export type AuthorStore = {
  create(author: { siteId: string; id: string; name: string; role: Role; nowAt: number }): Promise<void>
  find(siteId: string, id: string): Promise<Reader | null>
  rename(siteId: string, id: string, name: string): Promise<void>
}
