/** Calls what an old client may not know. */
export function attempt(call: () => unknown): void {
  try {
    call();
  } catch {
    // The SDK throws for methods that the client's version lacks; the app works without them.
  }
}
