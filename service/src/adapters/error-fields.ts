/**
 * What a log line keeps of an error, which JSON alone would write as `{}`. Other properties stay out: a database's
 * `detail` may quote what a reader wrote. Anything but an error passes unchanged.
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
