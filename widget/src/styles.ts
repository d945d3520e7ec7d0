const sheets = new Map<string, CSSStyleSheet>()

/** Give a root a stylesheet, once; every root of the document shares the one sheet made of this text. */
export const adopt = (root: Document | ShadowRoot, css: string): void => {
  let sheet = sheets.get(css)
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    sheets.set(css, sheet)
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
}
