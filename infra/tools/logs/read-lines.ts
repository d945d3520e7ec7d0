/**
 * Yields the lines of a byte stream one at a time. For a line longer than `maxLength` it yields `null`, so that memory
 * use stays bounded.
 */
export async function* readLines(
  input: AsyncIterable<Uint8Array | string>,
  maxLength: number,
): AsyncGenerator<string | null> {
  const decoder = new TextDecoder()
  let rest = ''
  let tooLong = false
  for await (const chunk of input) {
    const parts = (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })).split('\n')
    const last = parts.pop() ?? ''
    for (const part of parts) {
      const line = rest + part
      yield tooLong || line.length > maxLength ? null : line
      rest = ''
      tooLong = false
    }
    rest += last
    if (rest.length > maxLength) {
      rest = ''
      tooLong = true
    }
  }
  if (tooLong) yield null
  else if (rest !== '') yield rest
}
