import type { HandleClientError } from '@sveltejs/kit'

/** A page that does not exist is no fault of the dashboard; everything else is written to the console. */
export const handleError: HandleClientError = ({ error, status, message }) => {
  if (status !== 404) console.error(error)
  return { message }
}
