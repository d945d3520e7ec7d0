import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findWord } from './word-list.ts'

describe('a listed word', () => {
  test.each([
    ['spam', 'This is SPAM!', 'in any case'],
    ['spam', 'spam', 'alone'],
    ['buy now', 'please buy   now.', 'as a phrase'],
    ["don't", 'I don’t know', 'with an apostrophe'],
    ['má', 'nói má nghe', 'in Vietnamese'],
    ['MÁ', 'nói má nghe'.normalize('NFD'), 'in Vietnamese, decomposed and in another case'],
    ['spam', 'ｓｐａｍ', 'in fullwidth'],
    ['spam', '𝓼𝓹𝓪𝓶', 'in mathematical letters'],
    ['spam', 'sp\u200bam', 'with a zero-width space inside'],
    ['má', 'm\u200bá', 'in Vietnamese with a zero-width space inside'],
    ['spam', 'sраm', 'with Cyrillic look-alikes'],
    ['spam', 'sp4m $p@m', 'with digits and signs'],
    ['spam', 's̶p̶a̶m̶', 'struck through with marks'],
    ['spam', 'spaaaam', 'drawn out'],
    ['ass', 'asssss', 'drawn out at a doubled letter'],
    ['脏话', '这是脏话吗', 'in Chinese, inside a sentence'],
    ['คำหยาบ', 'นี่คือคำหยาบนะ', 'in Thai, inside a sentence'],
    ['spam.example', 'go to www.spam.example/x', 'as a host'],
    ['c++', 'I like C++.', 'with signs'],
    ['88', 'in 88 ways', 'of digits'],
  ])('%j is found in %j: %s', (word, text) => {
    expect(findWord([word], text)).toBe(word)
  })

  test.each([
    ['spam', 'spammer unspam', 'inside longer words'],
    ['ma', 'má mà mã mạ mả', 'with Vietnamese tones'],
    ['má', 'ma mà', 'with another tone'],
    ['as', 'ass', 'with a doubled letter'],
    ['ass', 'as', 'with a single letter'],
    ['hel', 'hell', 'that is spelled differently'],
    ['cop', 'сор', 'that is Russian'],
    ['88', 'bb 1988', 'of digits in other numbers'],
    ['buy now', 'now buy', 'in another order'],
    ['c++', 'c', 'without its signs'],
    ['', 'anything', 'that is empty'],
    ['\u200b', 'anything', 'that is invisible'],
  ])('%j is not found in %j: %s', (word, text) => {
    expect(findWord([word], text)).toBeNull()
  })
})

test('a word is found anywhere among other words, and only if it is there', () => {
  const word = fc.stringMatching(/^[b-df-hj-km-np-rv-z]{3,8}$/)
  fc.assert(
    fc.property(fc.uniqueArray(word, { minLength: 2, maxLength: 30 }), fc.nat(), (words, at) => {
      const [listed = '', ...others] = words
      const text = [...others.slice(0, at % words.length), listed, ...others.slice(at % words.length)].join(', ')
      expect(findWord([listed], text)).toBe(listed)
      expect(findWord([listed], others.join(' '))).toBeNull()
    }),
  )
})

test('the work does not grow with the list: 5,000 words and phrases take about as long as 50', () => {
  const list = (count: number): string[] =>
    Array.from({ length: count }, (_, at) => (at % 3 ? `word${at}x` : at % 2 ? `脏${at}话` : `some phrase ${at}x`))
  const text = 'ordinary some phrase 这是一个 w0rd text '.repeat(500)
  // CPU time, so that other work on the machine does not count.
  const workMs = (words: string[]): number => {
    const before = process.cpuUsage()
    expect(findWord(words, text)).toBeNull()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  }
  const best = (words: string[]): number => Math.min(...Array.from({ length: 5 }, () => workMs(words)))
  const few = list(50)
  const many = list(5_000)
  const tooSlow = (): boolean => best(many) > 20 * best(few) + 10
  expect(tooSlow() && tooSlow() && tooSlow()).toBe(false)
})
