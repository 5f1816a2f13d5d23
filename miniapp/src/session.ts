import { createApi, type Me, type OpenedSession, read, refusal } from "./api.ts";

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
}

interface Kept {
  readonly token: string;
  readonly me: Me;
}

/**
 * Exchanges Telegram's launch data for a token when there is none or when it ran out. The token is kept
 * for the life of the window: launch data is good for one hour, a window may live longer.
 */
export function createSession(options: {
  initData: string;
  storage: Storage | null;
  fetch: typeof fetch;
}): Session {
  const key = `session:${checksum(options.initData)}`;
  let kept = readKept(options.storage?.getItem(key) ?? null);
  let exchange: Promise<Kept> | null = null;

  const plainFetch: typeof fetch = (input, init) =>
    options.fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(PATIENCE) });
  const api = createApi({ fetch: plainFetch });

  async function openNew(): Promise<Kept> {
    const headers = { Authorization: `tma ${options.initData}` };
    const opened: OpenedSession = await read(api.session.$post({}, { headers }));
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

/** Tells launches of several people in one browser apart; nothing secret hangs on it. */
function checksum(text: string): string {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  }
  return (hash >>> 0).toString(36);
}
