import { spawnSync } from 'node:child_process'

/**
 * Check the commits of a range, merges aside: `node infra/tools/checks/repository/commit-messages.ts main..HEAD`. A
 * subject has at most 72 characters, so that lists of commits show all of it. A body says why; the diff already says
 * what.
 */
const LONGEST = 72

const [range] = process.argv.slice(2)
if (range === undefined) throw new Error('usage: commit-messages.ts BASE..HEAD')
// NUL stands between commits, since a message may hold anything else.
const log = spawnSync('git', ['log', '-z', '--no-merges', '--format=%h %B', range, '--'], { encoding: 'utf8' })
if (log.status !== 0) throw new Error(`git log: ${log.stderr}`)

const problems = log.stdout
  .split('\0')
  .filter((entry) => entry !== '')
  .flatMap((entry) => {
    const commit = entry.slice(0, entry.indexOf(' '))
    const [subject = '', blank = '', ...body] = entry.slice(commit.length + 1).split('\n')
    const length = [...subject].length
    return [
      ...(length > LONGEST
        ? [`${commit}: the subject has ${length} characters, more than ${LONGEST}: ${subject}`]
        : []),
      ...(blank !== '' ? [`${commit}: the line after the subject is not empty: ${subject}`] : []),
      ...(body.join('').trim() === '' ? [`${commit}: no body says why: ${subject}`] : []),
    ]
  })
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
