/**
 * Call back when the browser comes back online or the page becomes visible: a good moment to check the connection.
 * Returns a function that removes the listeners. Outside a browser it does nothing.
 */
export const onWake = (listener: () => void): (() => void) => {
  if (typeof document === 'undefined') return () => {}
  const onVisibilityChange = (): void => {
    if (document.visibilityState === 'visible') listener()
  }
  addEventListener('online', listener)
  document.addEventListener('visibilitychange', onVisibilityChange)
  return () => {
    removeEventListener('online', listener)
    document.removeEventListener('visibilitychange', onVisibilityChange)
  }
}
