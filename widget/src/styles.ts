const sheets = new Map<string, CSSStyleSheet>()

/** Add a stylesheet to a root, unless it has it already. All roots of the document share one sheet per text. */
export const adopt = (root: Document | ShadowRoot, css: string): void => {
  let sheet = sheets.get(css)
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    sheets.set(css, sheet)
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
}
