/** What happened to the sockets of this process since it started, for `/metrics`. */
export interface LiveCounts {
  /** Open right now, those that have not said who they are included. */
  connections: number;
  /** Open right now and signed in. */
  members: number;
  frames: number;
  bytes: number;
  messages: number;
  /** Turned away before or at signing in. */
  refused: number;
  /** Ended because they read too slowly, wrote too much, or fell silent. */
  cutOff: number;
  /** Told to read everything anew. */
  resets: number;
  /** The most that ever waited for one reader since the start: bytes. */
  mostBuffered: number;
}

export function createCounts(): LiveCounts {
  return {
    connections: 0,
    members: 0,
    frames: 0,
    bytes: 0,
    messages: 0,
    refused: 0,
    cutOff: 0,
    resets: 0,
    mostBuffered: 0,
  };
}
