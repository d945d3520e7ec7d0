import type { HttpReply } from './http.ts'

/** A JSON reply that no cache keeps, unless the headers say otherwise. */
export const jsonReply = (status: number, data: unknown, headers: Record<string, string> = {}): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(data),
})
