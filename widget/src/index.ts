export type { Comment, ErrorCode } from '@repartee/sdk'
export { ReparteeComments, type ReparteeEventMap } from './element.ts'
