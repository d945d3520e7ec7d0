/** Milliseconds: since the epoch where a time is kept or leaves the node, since whenever where it only measures. */
export type Clock = () => number
