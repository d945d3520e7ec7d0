/**
 * The fields of an error in a log line; JSON alone would write `{}`. Other properties are left out: a database error's
 * `detail` may quote a comment. A value that is not an error passes unchanged.
 */
export const errorFields = (value: unknown): unknown => {
  if (!(value instanceof Error)) return value
  const { code } = value as { code?: unknown }
  return {
    type: value.name,
    message: value.message,
    ...(typeof code === 'string' && { code }),
    stack: value.stack,
    ...(value.cause !== undefined && { cause: value.cause instanceof Error ? value.cause.message : undefined }),
  }
}
