/** Sends one frame to all sockets of this node that have joined a topic. */
export type LocalPublisher = { publish(topic: string, frame: string): void }
