import { cleanCharacters } from './characters.ts'
import { createParser } from './parser.ts'
import { sanitise } from './sanitise.ts'

const parser = createParser()

/**
 * Render Markdown to HTML that is safe in any page: it has only the elements, attributes and schemes of an allow-list.
 * Depth and work are bounded. The sanitiser runs last, so no step before it has to be trusted.
 */
export const renderBody = (body: string): string => sanitise(cleanCharacters(parser.render(body)))
