import type { Api, RawApi } from "grammy";
import type { CallSignal } from "./telegram_http.ts";

/** What ends all calls of one update that bring no signal of their own. */
export interface CallLimit {
  signal: CallSignal | null;
}

/**
 * The bot's `Api` for one update. grammY makes a whole client with every update; this shares the bot's.
 * Methods without a payload, such as getMe, are not ended by the limit.
 */
export function createUpdateApi(api: Api, limit: CallLimit): Api {
  const raw = new Proxy({ api, limit } as unknown as RawApi, LIMITED_CALLS);
  return Object.assign(Object.create(api) as Api, { raw });
}

type Call = (payload: unknown, signal: unknown) => Promise<unknown>;

const LIMITED_CALLS: ProxyHandler<RawApi> = {
  get: (target, method) => {
    const { api, limit } = target as unknown as { readonly api: Api; readonly limit: CallLimit };
    const call = Reflect.get(api.raw, method) as Call;
    return (payload: unknown, signal?: unknown) =>
      call(payload, signal ?? limit.signal ?? undefined);
  },
};
