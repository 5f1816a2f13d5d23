import { type Api, createApi, type Me, type OpenedSession, refusal } from "./api.ts";

/** An answer that does not come in this time will not come at all on a dying network. */
const PATIENCE = 20_000; // ms

export interface Session {
  /** `fetch` that carries the token, renews it silently and gives up after `PATIENCE`. */
  readonly fetch: typeof fetch;
  /** Who the person is; from this device when it is known, so that it answers at once. */
  readonly open: () => Promise<Me>;
  /** For the live channel, which has no headers. */
  readonly token: () => Promise<string>;
  /** The server knows this token no more; the next `token` is a new one. */
  readonly drop: (token: string) => void;
  /** Logs this browser out; null inside Telegram, where there is nothing to log out of. */
  readonly leave: (() => Promise<void>) | null;
}

interface Kept {
  readonly token: string;
  readonly me: Me;
}

export interface SessionSource {
  /** Tells launches of several people in one browser apart; nothing secret hangs on it. */
  readonly name: string;
  /** What is exchanged for a token: Telegram's launch data, or the login of this browser. */
  readonly exchange: (api: Api) => Promise<OpenedSession>;
  readonly leave: (() => Promise<void>) | null;
}

/**
 * Gets a token when there is none or when it ran out. It is kept for the life of the window: launch data
 * is good for one hour, a window may live longer.
 */
export function createSession(
  options: SessionSource & { storage: Storage | null; fetch: typeof fetch },
): Session {
  const key = `session:${checksum(options.name)}`;
  let kept = readKept(options.storage?.getItem(key) ?? null);
  let exchange: Promise<Kept> | null = null;

  const plainFetch: typeof fetch = (input, init) =>
    options.fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(PATIENCE) });
  const api = createApi({ fetch: plainFetch });

  async function openNew(): Promise<Kept> {
    const opened = await options.exchange(api);
    kept = { token: opened.token, me: opened.me };
    options.storage?.setItem(key, JSON.stringify(kept));
    return kept;
  }

  function renew(): Promise<Kept> {
    exchange ??= openNew().finally(() => {
      exchange = null;
    });
    return exchange;
  }

  const authorizedFetch: typeof fetch = async (input, init) => {
    const send = (token: string) => {
      const headers = new Headers(init?.headers);
      headers.set("Authorization", `Bearer ${token}`);
      return plainFetch(input, { ...init, headers });
    };
    const before = kept ?? (await renew());
    const answer = await send(before.token);
    if (answer.status !== 401) return answer;
    // Another request may have renewed it meanwhile.
    const { token } = kept && kept !== before ? kept : await renew();
    const again = await send(token);
    if (again.status === 401) throw await refusal(again);
    return again;
  };

  return {
    fetch: authorizedFetch,
    token: async () => (kept ?? (await renew())).token,
    drop: (token) => {
      if (kept?.token === token) kept = null;
    },
    open: async () => (kept ?? (await renew())).me,
    leave: options.leave,
  };
}

function readKept(text: string | null): Kept | null {
  if (text === null) return null;
  try {
    return JSON.parse(text) as Kept;
  } catch {
    return null;
  }
}

function checksum(text: string): string {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  }
  return (hash >>> 0).toString(36);
}
