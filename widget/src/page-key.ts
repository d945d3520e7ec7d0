type PageSource = {
  /** `href` of the canonical link, if the page has one. */
  readonly canonical: string | undefined
  readonly href: string
}

/** The default page key: the path of the canonical link, else of the page itself, without query and hash. */
export const pageKeyOf = ({ canonical, href }: PageSource): string => {
  try {
    return new URL(canonical ?? href, href).pathname
  } catch {
    return new URL(href).pathname
  }
}

/** The current page key of this document. In a single-page application it changes. */
export const pageKey = (): string =>
  pageKeyOf({ canonical: document.querySelector<HTMLLinkElement>('link[rel=canonical]')?.href, href: location.href })
