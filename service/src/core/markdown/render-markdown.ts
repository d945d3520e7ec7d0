import { tameCharacters } from './characters.ts'
import { createParser } from './parser.ts'
import { sanitise } from './sanitise.ts'

const parser = createParser()

/**
 * Markdown to HTML that is safe to insert into any page: only the elements, attributes and schemes of the allow-list,
 * bounded in depth and in work. The sanitiser has the last word, so nothing above it has to be trusted.
 */
export const renderBody = (body: string): string => sanitise(tameCharacters(parser.render(body)))
