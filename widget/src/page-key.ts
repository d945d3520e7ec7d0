type PageSource = {
  /** `href` of the canonical link, if the page has one. */
  readonly canonical: string | undefined
  readonly href: string
}

/** The page key a host page has by itself: the path of its canonical link, else its own path, without query or hash. */
export const pageKeyOf = ({ canonical, href }: PageSource): string => {
  try {
    return new URL(canonical ?? href, href).pathname
  } catch {
    return new URL(href).pathname
  }
}

/** The page key of this document, now: a single-page host changes it. */
export const pageKey = (): string =>
  pageKeyOf({ canonical: document.querySelector<HTMLLinkElement>('link[rel=canonical]')?.href, href: location.href })
