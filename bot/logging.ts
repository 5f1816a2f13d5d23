/**
 * What may stand in a log of an error. grammY's errors carry the whole call, with what people wrote;
 * their messages name the method and Telegram's reason only.
 */
export function describeError(error: unknown): { name: string; message: string; stack: string } {
  if (!(error instanceof Error)) return { name: typeof error, message: "", stack: "" };
  return { name: error.name, message: error.message, stack: error.stack ?? "" };
}
