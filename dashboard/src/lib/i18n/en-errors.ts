import type { ErrorCode } from '@repartee/sdk/protocol'
import type { AdminErrorCode } from '@repartee/sdk/protocol/admin'

/** Codes of the readers' API that the admin API answers too. */
export type SharedErrorCode = Extract<
  ErrorCode,
  | 'forbidden'
  | 'internal'
  | 'invalid_request'
  | 'malformed_json'
  | 'method_not_allowed'
  | 'payload_too_large'
  | 'rate_limited'
  | 'route_not_found'
  | 'site_not_found'
  | 'unauthenticated'
  | 'unavailable'
  | 'unknown_field'
  | 'unsupported_media_type'
>

export type ErrorTexts = Readonly<Record<AdminErrorCode | SharedErrorCode, string>>

/** What each refusal means, and what to do. */
export const errors: ErrorTexts = {
  sign_in_failed: 'Address and password, or the code, do not belong together. Check both and try again.',
  second_factor_required: 'Your account asks for a second factor here. Enter a code from your app or use a passkey.',
  step_up_required: 'Confirm that it is you, then try again.',
  account_suspended: 'This account is suspended. Ask whoever runs this installation why.',
  insecure_connection:
    'Signing in works only over HTTPS, where nobody on the way can read the password. Open this page by its https:// address, or at localhost.',
  cross_site_request: 'The request did not come from the dashboard. Reload the page and try again.',
  sign_up_closed: 'New accounts cannot be made here. Ask whoever runs this installation for one.',
  invitation_required:
    'You need an invitation to make an account. Ask someone who runs this installation to send you one.',
  object_not_found: 'This no longer exists. Someone may have removed it; reload the page to see what is left.',
  already_set_up: 'This installation is set up already. Sign in with your account.',
  edit_conflict: 'Someone else changed this while you were editing. Compare both versions, then save again.',
  email_taken: 'There is an account with this address already. Use another address, or sign in with it.',
  mail_not_configured: 'This installation cannot send mail yet. Whoever runs it can print you a link instead.',
  site_limit_reached:
    'You have as many sites as this installation allows. Delete one that you no longer need, or ask whoever runs it.',
  site_deleted: 'This site has been deleted. Restore it first, then try again.',
  email_invalid: 'This is not a complete e-mail address. One looks like name@example.com.',
  password_too_short: 'The password is too short. Use at least 15 characters; a few words in a row will do.',
  password_too_long: 'The password is too long. Use at most 256 characters.',
  password_too_common:
    'This password is among the first an attacker would try. Choose one that only you would think of.',
  password_wrong: 'This is not your current password. Check it and try again.',
  code_invalid: 'The code is wrong, or has been used. Wait for the next one and enter that.',
  link_invalid: 'This link was used already, or has expired. Ask for a new one.',
  passkey_invalid: 'The passkey was not accepted. Try again, or sign in another way.',
  origin_invalid: 'One of the addresses cannot be used. An address looks like https://blog.example, without a path.',
  origin_is_dashboard:
    'One of the addresses is that of this dashboard. A script on such a page could act as you; put the comments on another address.',
  forbidden: 'Your role does not allow this. Ask an owner of the site.',
  internal:
    'The service hit an error of its own, and nothing was changed. Try again; if it stays, tell whoever runs this installation.',
  invalid_request: 'The service did not accept what was entered. Check the fields and try again.',
  malformed_json: 'The request arrived damaged. Try again.',
  method_not_allowed: 'This page is older than the service. Reload it and try again.',
  payload_too_large: 'This is more text than the service takes. Shorten it and try again.',
  rate_limited: 'There were too many attempts. Wait a little, then try again.',
  route_not_found: 'This page is newer than the service. Reload it in a few minutes.',
  site_not_found: 'There is no such site, or you have no access to it. Ask its owner to add you.',
  unauthenticated: 'You are signed out. Sign in again; you will come back to this page.',
  unavailable: 'The service cannot be used at the moment. Nothing was changed; try again shortly.',
  unknown_field: 'This page is older than the service. Reload it and try again.',
  unsupported_media_type: 'The request arrived damaged. Reload the page and try again.',
}
