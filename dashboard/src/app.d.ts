import type {} from '@sveltejs/kit'

declare global {
  namespace App {
    interface Error {
      message: string
      /** From the closed tables of the protocol, if the service answered. */
      code?: string
    }
  }
}
