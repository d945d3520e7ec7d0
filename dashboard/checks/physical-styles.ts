import { parse } from 'svelte/compiler'

const SIDES = /(?:^|-)(?:left|right)(?:-|$)/
const SIZES =
  /^(?:(?:min|max)-)?(?:width|height)$|^(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-)?(?:top|bottom)(?:-|$)/

type Node = {
  readonly type: string
  readonly property?: string
  readonly value?: string
  readonly children?: unknown
  readonly block?: unknown
}

const declarations = (node: unknown): Node[] => {
  if (Array.isArray(node)) return node.flatMap(declarations)
  if (typeof node !== 'object' || node === null) return []
  const { type, children, block } = node as Node
  if (type === 'Declaration') return [node as Node]
  return [...declarations(children), ...declarations(block)]
}

/**
 * Declarations that name a side of the screen or one of its axes, as `property: value`: right to left they would stay where
 * they are. `margin-inline-start` and its like turn with the language.
 */
export const physicalStyles = (css: string): string[] => {
  const sheet = parse(`<style>${css}</style>`, { modern: true }).css
  return declarations(sheet?.children)
    .filter(
      ({ property = '', value = '' }) =>
        !property.startsWith('--') &&
        (SIDES.test(property) ||
          SIZES.test(property) ||
          (/^(?:text-align|float|clear)$/.test(property) && /\b(?:left|right)\b/.test(value))),
    )
    .map(({ property, value }) => `${property}: ${value}`)
}

/** The contents of a component's `<style>`. */
export const styleOf = (component: string): string => {
  const content = parse(component, { modern: true }).css?.content
  return content === undefined ? '' : component.slice(content.start, content.end)
}
