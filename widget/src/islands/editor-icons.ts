/** Strokes on a 20 × 20 grid, each icon one path. */
export const BOLD = 'M6 4h4.8a3 3 0 0 1 0 6H6zM6 10h5.6a3 3 0 0 1 0 6H6z'
export const ITALIC = 'M8.5 4h5M6.5 16h5M11.4 4 8.6 16'
export const LINK =
  'M8.6 11.4a3 3 0 0 0 4.3 0l2.5-2.5a3 3 0 0 0-4.3-4.3l-1 1M11.4 8.6a3 3 0 0 0-4.3 0l-2.5 2.5a3 3 0 0 0 4.3 4.3l1-1'
export const QUOTE = 'M4 4.5v11M8 6h8M8 10h8M8 14h5'
export const CODE = 'M7 6l-4 4 4 4M13 6l4 4-4 4'
export const HELP = 'M7.4 7.6a2.7 2.7 0 1 1 3.9 2.5c-.8.4-1.3.9-1.3 1.9M10 15h.01'
