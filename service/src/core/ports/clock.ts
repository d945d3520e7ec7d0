/** Milliseconds: since the epoch for times that are stored or sent, since an arbitrary point for measuring. */
export type Clock = () => number
