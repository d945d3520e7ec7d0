import { rising } from './rising.ts'

/** What stands below an element. A hole keeps its place, so that what follows is not taken for something else. */
export type Child = VNode | string | number | false | null | undefined | readonly Child[]

/** Attributes, CSS variables, and `on…` listeners as properties. `undefined` is no attribute; neither is `false`, except for ARIA. */
export type Props = {
  /** Who this is among its siblings; without it, its place among them. */
  readonly key?: string
  /** Called when the element stands in its place; what it returns is called when the element goes. */
  readonly use?: (element: HTMLElement) => (() => void) | undefined
  readonly [attribute: string]: unknown
}

type Draw = (...deps: never[]) => VNode

/** A node as it should be. Made anew for every drawing and drawn once. */
export type VNode = {
  /** `''` is text, a function a part that is drawn only when what it is made of changed. */
  readonly tag: string | Draw
  key: string | undefined
  readonly props: Props
  readonly text: string
  kids: readonly VNode[]
  dom: ChildNode | undefined
  deps: readonly unknown[]
  /** Whether something in this part was put off. */
  unfinished: boolean
  end: (() => void) | undefined
}

const SVG = /^(svg|path|text)$/
const none: Props = {}

const made = (
  tag: VNode['tag'],
  props: Props,
  text: string,
  kids: readonly VNode[],
  deps: readonly unknown[],
): VNode => ({
  tag,
  key: props.key,
  props,
  text,
  kids,
  dom: undefined,
  deps,
  unfinished: false,
  end: undefined,
})

const place = (children: readonly Child[], prefix = '', kids: VNode[] = []): VNode[] => {
  children.forEach((child, i) => {
    if (child === false || child === null || child === undefined) return
    if (typeof child !== 'object') child = made('', none, `${child}`, [], [])
    else if (!('tag' in child)) {
      place(child, `${prefix + i}.`, kids)
      return
    }
    child.key ??= prefix + i
    kids.push(child)
  })
  return kids
}

/** An element. */
export const h = (tag: string, props: Props = none, ...children: readonly Child[]): VNode =>
  made(tag, props, '', place(children), [])

/**
 * A part that is drawn by `draw(...deps)`, and not again while `deps` are the same. It always draws one element of the
 * same kind. With a key it may be put off when a drawing takes long.
 */
export const memo = <D extends readonly unknown[]>(draw: (...deps: D) => VNode, deps: D, key?: string): VNode =>
  made(draw as unknown as Draw, key === undefined ? none : { key }, '', [], deps)

let deadline = 0
let putOff = 0
/** Called when everything stands in its place. */
let placed: (() => void)[] = []

const set = (element: Element, name: string, value: unknown): void => {
  if (name === 'key' || name === 'use') return
  if (name.startsWith('--')) (element as HTMLElement).style.setProperty(name, `${value}`)
  else if (name.startsWith('on')) Reflect.set(element, name, value ?? null)
  else if (value === undefined || (value === false && !name.startsWith('aria'))) element.removeAttribute(name)
  else element.setAttribute(name, `${value}`)
}

/** Draw a part's element, over the one it had. */
const expand = (node: VNode, old?: VNode): ChildNode => {
  const before = putOff
  const kid = (node.tag as (...deps: readonly unknown[]) => VNode)(...node.deps)
  const dom = old ? patch(old, kid) : create(kid)
  node.kids = [kid]
  node.unfinished = putOff > before
  return dom
}

const create = (node: VNode): ChildNode => {
  const { tag, props } = node
  if (typeof tag === 'function') {
    if (props.key !== undefined && performance.now() > deadline) {
      putOff += 1
      node.unfinished = true
      node.dom = document.createComment('')
    } else node.dom = expand(node)
  } else if (tag) {
    const element = SVG.test(tag)
      ? document.createElementNS('http://www.w3.org/2000/svg', tag)
      : document.createElement(tag)
    for (const name in props) if (props[name] !== undefined) set(element, name, props[name])
    for (const kid of node.kids) element.append(create(kid))
    const { use } = props
    if (use)
      placed.push(() => {
        node.end = use(element as HTMLElement)
      })
    node.dom = element
  } else node.dom = document.createTextNode(node.text)
  return node.dom
}

/** Turn what was drawn as `old` into `node`, which is of the same kind. */
const patch = (old: VNode, node: VNode): ChildNode => {
  let dom = old.dom as ChildNode
  const { tag, props } = node
  if (typeof tag === 'function') {
    const [before] = old.kids
    if (!before) {
      const late = dom
      dom = create(node)
      late.replaceWith(dom)
    } else if (old.unfinished || node.deps.some((dep, i) => dep !== old.deps[i])) dom = expand(node, before)
    else node.kids = old.kids
  } else if (tag) {
    for (const name in { ...old.props, ...props })
      if (old.props[name] !== props[name]) set(dom as Element, name, props[name])
    patchKids(dom, old.kids, node.kids)
    node.end = old.end
  } else if (old.text !== node.text) (dom as Text).data = node.text
  node.dom = dom
  return dom
}

/** End what `use` began, from here down. */
const end = (node: VNode): void => {
  node.end?.()
  node.kids.forEach(end)
}

/** Take away what was drawn. Safe while something else is being drawn. */
export const erase = (node: VNode): void => {
  end(node)
  node.dom?.remove()
}

const patchKids = (parent: Node, old: readonly VNode[], kids: readonly VNode[]): void => {
  const rest = new Map(old.map((node, i) => [node.key, i]))
  const from = kids.map((node) => {
    const i = rest.get(node.key) ?? -1
    const match = old[i]
    if (match?.tag !== node.tag) {
      create(node)
      return -1
    }
    rest.delete(node.key)
    patch(match, node)
    return i
  })
  for (const i of rest.values()) {
    const gone = old[i]
    if (gone) erase(gone)
  }
  let staying = rising(from)
  if (staying.size < kids.length) {
    // What is moved loses the focus, so everything is moved around what has it.
    const { activeElement = null } = parent.getRootNode() as Partial<ShadowRoot>
    const focused = activeElement ? kids.findIndex(({ dom }) => dom?.contains(activeElement)) : -1
    if (focused >= 0) staying = rising(from, focused)
  }
  let next: ChildNode | null = null
  for (let i = kids.length - 1; i >= 0; i -= 1) {
    const dom = kids[i]?.dom as ChildNode
    if (!staying.has(i)) parent.insertBefore(dom, next)
    next = dom
  }
}

/**
 * Turn what was drawn in `parent` as `old` into `tree`. What is new and has a key is put off when `patienceMs` are over;
 * returns whether that happened: drawing again goes on there.
 */
export const draw = (parent: Node, old: readonly VNode[], tree: readonly VNode[], patienceMs: number): boolean => {
  deadline = performance.now() + patienceMs
  putOff = 0
  placed = []
  patchKids(parent, old, tree)
  for (const tell of placed) tell()
  return putOff > 0
}
