import { idSchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'
import type { StoredComment } from '../core/stored-comment.ts'
import { type CliCommand, required, UsageError } from './cli-command.ts'
import { operate } from './operate.ts'

const excerpt = (body: string): string => body.replaceAll(/\s+/g, ' ').slice(0, 80)

export const commentList: CliCommand = {
  usage: '--site KEY',
  summary: 'list the comments that are waiting for approval',
  details: ['--site KEY   the public key of the site'],
  flags: { site: { type: 'string' } },
  argCount: { min: 0, max: 0 },
  run: async ({ config, flags, print }) => {
    const comments = (await operate(config, 'comment.list', { site: required(flags, 'site') })) as StoredComment[]
    if (comments.length === 0) print('no comments are waiting for approval')
    for (const comment of comments)
      print(`${comment.threadId}/${comment.id}\t${comment.authorName}\t${excerpt(comment.body)}`)
    return 0
  },
}

const statuses = { approve: 'approved', reject: 'rejected', spam: 'spam' } as const

const review = (verb: keyof typeof statuses): CliCommand => ({
  usage: 'THREAD/COMMENT --site KEY',
  summary: `${verb === 'spam' ? 'mark a comment as spam' : `${verb} a comment`}`,
  details: ['--site KEY       the public key of the site', 'THREAD/COMMENT   as printed by `comment list`'],
  flags: { site: { type: 'string' } },
  argCount: { min: 1, max: 1 },
  run: async ({ config, flags, args, print }) => {
    const [thread, comment] = (args[0] ?? '').split('/')
    if (!v.is(idSchema, thread) || !v.is(idSchema, comment))
      throw new UsageError('expected THREAD/COMMENT as printed by `comment list`')
    await operate(config, 'comment.review', { site: required(flags, 'site'), thread, comment, status: statuses[verb] })
    print(`${comment} is ${statuses[verb]}`)
    return 0
  },
})

export const commentApprove = review('approve')
export const commentReject = review('reject')
export const commentSpam = review('spam')
