/** Strokes on a 20 × 20 grid, each icon one path so that a chunk carries only what it draws. */
export const REACT =
  'M17.2 9.4a7.3 7.3 0 1 1-6.6-6.6M7 11.6a3.6 3.6 0 0 0 6 0M7.6 7.8v.6M12.4 7.8v.6M16 1.8v4.4M13.8 4h4.4'
export const MORE = 'M4.5 10h.01M10 10h.01M15.5 10h.01'
export const BOLD = 'M6 4h4.8a3 3 0 0 1 0 6H6zM6 10h5.6a3 3 0 0 1 0 6H6z'
export const ITALIC = 'M8.5 4h5M6.5 16h5M11.4 4 8.6 16'
export const LINK =
  'M8.6 11.4a3 3 0 0 0 4.3 0l2.5-2.5a3 3 0 0 0-4.3-4.3l-1 1M11.4 8.6a3 3 0 0 0-4.3 0l-2.5 2.5a3 3 0 0 0 4.3 4.3l1-1'
export const QUOTE = 'M4 4.5v11M8 6h8M8 10h8M8 14h5'
export const CODE = 'M7 6l-4 4 4 4M13 6l4 4-4 4'
export const HELP = 'M7.4 7.6a2.7 2.7 0 1 1 3.9 2.5c-.8.4-1.3.9-1.3 1.9M10 15h.01'
