/** Strokes on a 20 × 20 grid. */
export const REACT =
  'M17.2 9.4a7.3 7.3 0 1 1-6.6-6.6M7 11.6a3.6 3.6 0 0 0 6 0M7.6 7.8v.6M12.4 7.8v.6M16 1.8v4.4M13.8 4h4.4'
export const MORE = 'M4.5 10h.01M10 10h.01M15.5 10h.01'
