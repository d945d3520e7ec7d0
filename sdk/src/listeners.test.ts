import { expect, test, vi } from 'vitest'
import { createListeners } from './listeners.ts'

test('a listener that throws is reported as uncaught and keeps no other from hearing', () => {
  const report = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => {})
  const listeners = createListeners<number>()
  const bug = new Error('bug of the host page')
  const heard: number[] = []
  listeners.add(() => {
    throw bug
  })
  listeners.add((value) => heard.push(value))
  listeners.tell(1)
  const thrown = report.mock.calls[0]?.[0]
  report.mockRestore()
  expect(heard).toEqual([1])
  expect(thrown).toThrow(bug)
})

test('each registration ends by itself, even of the same function', () => {
  const listeners = createListeners<number>()
  const heard: number[] = []
  const listener = (value: number): void => void heard.push(value)
  const stop = listeners.add(listener)
  listeners.add(listener)
  stop()
  stop()
  listeners.tell(1)
  expect(heard).toEqual([1])
  listeners.clear()
  listeners.tell(2)
  expect(heard).toEqual([1])
})
