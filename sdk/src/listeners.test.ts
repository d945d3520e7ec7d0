import { expect, test, vi } from 'vitest'
import { createListeners } from './listeners.ts'

test('a listener that throws is reported as uncaught, and the others are still called', () => {
  const report = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => {})
  const listeners = createListeners<number>()
  const bug = new Error('bug of the host page')
  const received: number[] = []
  listeners.add(() => {
    throw bug
  })
  listeners.add((value) => received.push(value))
  listeners.notify(1)
  const thrown = report.mock.calls[0]?.[0]
  report.mockRestore()
  expect(received).toEqual([1])
  expect(thrown).toThrow(bug)
})

test('each registration is removed separately, even when the same function was added twice', () => {
  const listeners = createListeners<number>()
  const received: number[] = []
  const listener = (value: number): void => void received.push(value)
  const remove = listeners.add(listener)
  listeners.add(listener)
  remove()
  remove()
  listeners.notify(1)
  expect(received).toEqual([1])
  listeners.clear()
  listeners.notify(2)
  expect(received).toEqual([1])
})
