import { createPostEvent, on, type PostEventFn } from "@telegram-apps/sdk-react";

/**
 * Tells Telegram something. Throws what the client's version lacks, and everything outside Telegram: wrap it
 * in `attempt`.
 */
export let postEvent: PostEventFn = () => {
  throw new Error("outside Telegram");
};

/** Call once. The SDK's own `init` brings its components along, four kilobytes that nothing here uses. */
export function openBridge(version: string): void {
  postEvent = createPostEvent(version);
  // Telegram's web client reloads the frame by asking it to.
  on("reload_iframe", () => {
    postEvent("iframe_will_reload");
    window.location.reload();
  });
  postEvent("iframe_ready", { reload_supported: true });
}
