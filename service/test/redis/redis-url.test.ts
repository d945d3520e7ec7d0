import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRedisUrl } from '../../src/adapters/redis/redis-url.ts'

const plain = { username: null, password: null, tls: false, db: 0 }

test.each([
  ['redis://localhost', { ...plain, kind: 'single', address: { host: 'localhost', port: 6379 } }],
  [
    'rediss://ann:p%40ss%3A@r.example:7000/3',
    {
      username: 'ann',
      password: 'p@ss:',
      tls: true,
      db: 3,
      kind: 'single',
      address: { host: 'r.example', port: 7000 },
    },
  ],
  ['redis://:pw@[::1]:7000', { ...plain, password: 'pw', kind: 'single', address: { host: '::1', port: 7000 } }],
  ['unix:///run/redis.sock?db=2', { ...plain, db: 2, kind: 'socket', path: '/run/redis.sock' }],
  [
    'redis+sentinel://:pw@s1,s2:26380/mymaster/1?sentinelPassword=x%26y',
    {
      ...plain,
      password: 'pw',
      db: 1,
      kind: 'sentinel',
      sentinels: [
        { host: 's1', port: 26379 },
        { host: 's2', port: 26380 },
      ],
      master: 'mymaster',
      sentinelPassword: 'x&y',
    },
  ],
  [
    'rediss+cluster://c1,c2:7001',
    {
      ...plain,
      tls: true,
      kind: 'cluster',
      seeds: [
        { host: 'c1', port: 6379 },
        { host: 'c2', port: 7001 },
      ],
    },
  ],
])('%s is understood', (url, target) => {
  expect(parseRedisUrl(url)).toEqual(target)
})

test.each([
  ['http://localhost', /starts with/],
  ['redis://', /host/],
  ['redis://a,b', /several hosts/],
  ['redis://h:0', /port/],
  ['redis://h:70000', /port/],
  ['redis://h/x', /database/],
  ['redis://h?db=1', /unknown option db/],
  ['redis+cluster://a,b/1', /no databases/],
  ['redis+sentinel://a,b', /name of the master/],
  ['unix://relative', /absolute/],
  ['redis://u:p@ss@h', /percent-encoded/],
])('%s is refused with the reason', (url, reason) => {
  expect(() => parseRedisUrl(url)).toThrow(reason)
})

test('no error repeats the password, and only Errors are thrown', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (junk, tail) => {
      try {
        parseRedisUrl(`redis://user:s3cretpassword${junk}@h${tail}`)
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
        expect(String(error)).not.toContain('s3cret')
      }
    }),
  )
})
