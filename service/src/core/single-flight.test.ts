import { expect, test } from 'vitest'
import { createSingleFlight } from './single-flight.ts'

test('calls with one key share the work in progress, those with two keys do not, and nothing is kept afterwards', async () => {
  const singleFlight = createSingleFlight()
  let runs = 0
  const work = async () => {
    runs += 1
    return runs
  }
  const results = await Promise.all([
    singleFlight.share('a', work),
    singleFlight.share('a', work),
    singleFlight.share('b', work),
  ])
  expect(results).toEqual([
    { value: 1, first: true },
    { value: 1, first: false },
    { value: 2, first: true },
  ])
  expect(singleFlight.size).toBe(0)
  expect(await singleFlight.share('a', work)).toEqual({ value: 3, first: true })
})

test('a failure, even a synchronous one, reaches all callers and is not kept', async () => {
  const singleFlight = createSingleFlight()
  const throwing = () => {
    throw new Error('at once')
  }
  const both = await Promise.allSettled([singleFlight.share('a', throwing), singleFlight.share('a', throwing)])
  expect(both.map((result) => result.status)).toEqual(['rejected', 'rejected'])
  expect(singleFlight.size).toBe(0)
})
