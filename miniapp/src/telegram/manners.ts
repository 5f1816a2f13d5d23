import {
  disableClosingConfirmation,
  disableVerticalSwipes,
  enableClosingConfirmation,
  enableVerticalSwipes,
  hapticFeedbackImpactOccurred,
  hapticFeedbackNotificationOccurred,
  hapticFeedbackSelectionChanged,
} from "@telegram-apps/sdk-react";
import { useEffect } from "react";

/** Asks before the app is closed, while something has not been sent. */
export function useClosingConfirmation(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return undefined;
    enableClosingConfirmation.ifAvailable();
    return () => {
      disableClosingConfirmation.ifAvailable();
    };
  }, [isNeeded]);
}

/** Keeps a downward swipe from closing the app: rows are dragged and swiped here (since 7.7). */
export function useOwnSwipes(): void {
  useEffect(() => {
    disableVerticalSwipes.ifAvailable();
    return () => {
      enableVerticalSwipes.ifAvailable();
    };
  }, []);
}

/** A light tap of the phone (since 6.1). */
export function feel(event: "add" | "select" | "undo" | "warning" | "success"): void {
  if (event === "select") hapticFeedbackSelectionChanged.ifAvailable();
  else if (event === "add" || event === "undo") hapticFeedbackImpactOccurred.ifAvailable("light");
  else hapticFeedbackNotificationOccurred.ifAvailable(event);
}
