import { type AST, parse } from 'svelte/compiler'

/** Attributes and properties that people read or hear. */
const READ = new Set([
  'act',
  'alt',
  'aria-description',
  'aria-label',
  'aria-placeholder',
  'aria-roledescription',
  'consequences',
  'description',
  'error',
  'heading',
  'help',
  'label',
  'lead',
  'nothing',
  'placeholder',
  'text',
  'title',
])

const hasLetters = (text: string): boolean => /\p{L}/u.test(text)

type Node = { readonly type: string; readonly [key: string]: unknown }

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value

/** What an expression may evaluate to, as far as it is written there: not arguments of calls, nor names of properties. */
const written = (expression: unknown): string[] => {
  if (!isNode(expression)) return []
  switch (expression.type) {
    case 'Literal':
      return typeof expression.value === 'string' ? [expression.value] : []
    case 'TemplateLiteral':
      return [
        (expression.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…'),
        ...(expression.expressions as unknown[]).flatMap(written),
      ]
    case 'ConditionalExpression':
      return [...written(expression.consequent), ...written(expression.alternate)]
    case 'LogicalExpression':
    case 'BinaryExpression':
      return [...written(expression.left), ...written(expression.right)]
    case 'ArrayExpression':
      return (expression.elements as unknown[]).flatMap(written)
    default:
      return []
  }
}

const ofAttribute = (value: AST.Attribute['value']): string[] =>
  value === true
    ? []
    : [value].flat().flatMap((part) => (part.type === 'Text' ? [part.data] : written(part.expression)))

const ofObject = (node: Node): string[] => {
  const { key, value } = node as unknown as { key: { name?: string; value?: string }; value: unknown }
  return READ.has(key.name ?? key.value ?? '') ? written(value) : []
}

/** Texts of one node, without those of nodes in it. */
const textsOf = (node: Node, inMarkup: boolean): string[] => {
  switch (node.type) {
    case 'Text':
      return inMarkup ? [(node as unknown as AST.Text).data] : []
    case 'ExpressionTag':
      return inMarkup ? written((node as unknown as AST.ExpressionTag).expression) : []
    case 'Property':
      return ofObject(node)
    default:
      return []
  }
}

const walk = (value: unknown, inMarkup: boolean, found: string[]): void => {
  if (Array.isArray(value)) for (const item of value) walk(item, inMarkup, found)
  if (!isNode(value)) return
  if (value.type === 'Attribute') {
    const attribute = value as unknown as AST.Attribute
    if (READ.has(attribute.name)) found.push(...ofAttribute(attribute.value))
    walk(attribute.value, false, found)
    return
  }
  found.push(...textsOf(value, inMarkup))
  // Directives and expressions hold code, blocks hold markup again.
  for (const [key, inner] of Object.entries(value))
    if (key !== 'metadata') walk(inner, inMarkup || key === 'fragment' || key === 'body', found)
}

const worded = (found: readonly string[]): string[] => found.map((text) => text.trim()).filter(hasLetters)

/** Words that a component's markup, or an object in its script, would show in one language only. */
export const textsInComponent = (source: string): string[] => {
  const { fragment, instance, module } = parse(source, { modern: true })
  const found: string[] = []
  walk(fragment, true, found)
  walk(instance?.content, false, found)
  walk(module?.content, false, found)
  return worded(found)
}

/** The same of a module: only properties of objects that people read, such as the text of a notification. */
export const textsInModule = (source: string): string[] => {
  const found: string[] = []
  walk(parse(`<script lang="ts">${source}</script>`, { modern: true }).instance?.content, false, found)
  return worded(found)
}
