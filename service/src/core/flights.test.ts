import { expect, test } from 'vitest'
import { createFlights } from './flights.ts'

test('work of one key in progress is shared, of two keys is not, and afterwards nothing is kept', async () => {
  const flights = createFlights()
  let runs = 0
  const work = async () => {
    runs += 1
    return runs
  }
  const results = await Promise.all([flights.share('a', work), flights.share('a', work), flights.share('b', work)])
  expect(results).toEqual([
    { value: 1, first: true },
    { value: 1, first: false },
    { value: 2, first: true },
  ])
  expect(flights.size).toBe(0)
  expect(await flights.share('a', work)).toEqual({ value: 3, first: true })
})

test('a failure, also one thrown at once, reaches everybody and is forgotten', async () => {
  const flights = createFlights()
  const throwing = () => {
    throw new Error('at once')
  }
  const both = await Promise.allSettled([flights.share('a', throwing), flights.share('a', throwing)])
  expect(both.map((result) => result.status)).toEqual(['rejected', 'rejected'])
  expect(flights.size).toBe(0)
})
