import { useEffect, useState } from "react";
import { ApiError } from "./api.ts";

export type Loaded<Value> =
  | { readonly state: "loading"; readonly value: Value | null }
  | { readonly state: "ready"; readonly value: Value }
  | { readonly state: "failed"; readonly value: Value | null; readonly error: ApiError };

/**
 * Loads when `key` changes and on `reload`. While loading and after a failure the value from before
 * stays, so a list does not blink while the person types.
 */
export function useLoaded<Value>(
  key: string,
  load: (signal: AbortSignal) => Promise<Value>,
): Loaded<Value> & { readonly reload: () => void } {
  const [attempt, setAttempt] = useState(0);
  const [loaded, setLoaded] = useState<Loaded<Value>>({ state: "loading", value: null });
  useEffect(() => {
    const controller = new AbortController();
    setLoaded(({ value }) => ({ state: "loading", value }));
    const finish = async () => {
      try {
        const value = await load(controller.signal);
        if (!controller.signal.aborted) setLoaded({ state: "ready", value });
      } catch (error) {
        if (controller.signal.aborted) return;
        setLoaded(({ value }) => ({ state: "failed", value, error: asApiError(error) }));
      }
    };
    void finish();
    return () => controller.abort();
    // oxlint-disable-next-line react/exhaustive-deps -- `key` names what `load` closes over.
  }, [key, attempt]);
  return { ...loaded, reload: () => setAttempt((count) => count + 1) };
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, "internal", "Что-то пошло не так. Попробуйте ещё раз.");
}

const TYPING_PAUSE = 250; // ms

/** The value once it has not changed for a moment, so that not every key is a request. */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
