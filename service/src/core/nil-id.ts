/** The nil UUID (RFC 9562 §5.9), before every id: stands for no author, and for the position before the first row. */
export const NIL_ID = '00000000-0000-0000-0000-000000000000'
