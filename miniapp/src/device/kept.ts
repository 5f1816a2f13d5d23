import { createContext, useContext, useEffect } from "react";
import { type Loaded, useLoaded } from "../loading.ts";
import { texts } from "../texts_ru.ts";
import type { Device } from "./database.ts";

export const DeviceContext = createContext<Device | null>(null);

/** What becomes of what was typed and not sent. */
export function useKeptHint(): string {
  return useContext(DeviceContext)?.isLasting === false ? texts.notKeptHint : texts.keptHint;
}

interface Kept<Value> {
  readonly value: Value;
  readonly at: number;
}

export type KeptLoaded<Value> = Loaded<Value> & {
  readonly reload: () => void;
  /** When what is shown was last true, in ms since 1970; null: the server just said so. */
  readonly keptAt: number | null;
};

/**
 * As `useLoaded`, and until the server answers shows what it said last time on this device.
 * `keptKey`: null for what is not worth keeping.
 */
export function useKeptLoaded<Value>(
  key: string,
  keptKey: string | null,
  load: (signal: AbortSignal) => Promise<Value>,
): KeptLoaded<Value> {
  const device = useContext(DeviceContext);
  const loaded = useLoaded(key, load);
  const kept = useLoaded(keptKey ?? "", async () =>
    keptKey === null || device === null ? null : device.read<Kept<Value>>(keptKey),
  );
  const fresh = loaded.state === "ready" ? loaded.value : null;
  useEffect(() => {
    if (fresh !== null && keptKey !== null) {
      device?.write(keptKey, { value: fresh, at: Date.now() } satisfies Kept<Value>);
    }
  }, [device, fresh, keptKey]);
  const { reload } = loaded;
  if (loaded.value !== null || keptKey === null || !kept.value) {
    return { ...loaded, keptAt: null };
  }
  const { value, at } = kept.value;
  if (loaded.state === "failed") {
    return { state: "failed", value, error: loaded.error, reload, keptAt: at };
  }
  return { state: "loading", value, reload, keptAt: at };
}

/** As `useKeptLoaded`, for what one key names on the device too. */
export function useKept<Value>(
  key: string,
  load: (signal: AbortSignal) => Promise<Value>,
): KeptLoaded<Value> {
  return useKeptLoaded(key, `screen/${key}`, load);
}
