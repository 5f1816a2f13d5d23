import { useEffect } from "react";
import { attempt } from "./attempt.ts";
import { postEvent } from "./bridge.ts";

// By raw events: the SDK's components for these weigh a kilobyte. `postEvent` throws for what the
// client's version lacks.

/** In an ordinary browser, which asks by itself before a page is left. */
function isOutside(): boolean {
  return "outside" in document.documentElement.dataset;
}

/** Asks before the app is closed, while something has not been sent (since 6.2). */
export function useClosingConfirmation(isNeeded: boolean): void {
  useEffect(() => {
    const ask = (need_confirmation: boolean) =>
      attempt(() => postEvent("web_app_setup_closing_behavior", { need_confirmation }));
    // Also when it is not needed: Telegram may remember the answer from before a reload.
    ask(isNeeded);
    if (!isNeeded) return undefined;
    const stay = (event: Event) => event.preventDefault();
    if (isOutside()) window.addEventListener("beforeunload", stay);
    return () => {
      ask(false);
      window.removeEventListener("beforeunload", stay);
    };
  }, [isNeeded]);
}

/** Keeps a downward swipe from closing the app: rows are dragged and swiped here (since 7.7). */
export function useOwnSwipes(): void {
  useEffect(() => {
    const allow = (allow_vertical_swipe: boolean) =>
      attempt(() => postEvent("web_app_setup_swipe_behavior", { allow_vertical_swipe }));
    allow(false);
    return () => allow(true);
  }, []);
}

/** Only a new launch helps where this one is too old. */
export function closeApp(): void {
  attempt(() => postEvent("web_app_close"));
}

/** A light tap of the phone (since 6.1). */
export function feel(event: "add" | "select" | "undo" | "warning" | "success"): void {
  const post = () => {
    if (event === "select") {
      postEvent("web_app_trigger_haptic_feedback", { type: "selection_change" });
    } else if (event === "add" || event === "undo") {
      const tap = { type: "impact", impact_style: "light" } as const;
      postEvent("web_app_trigger_haptic_feedback", tap);
    } else {
      const word = { type: "notification", notification_type: event } as const;
      postEvent("web_app_trigger_haptic_feedback", word);
    }
  };
  attempt(post);
}
