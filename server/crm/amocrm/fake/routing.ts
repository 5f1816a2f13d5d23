import type { FormValue } from "../../fake/form.ts";
import type { AccountState } from "./account_state.ts";

/** One authorized request, taken apart. */
export interface ApiCall {
  account: AccountState;
  /** Numbers of the path, in order: /leads/{0}/notes. */
  ids: number[];
  query: Record<string, FormValue>;
  /** The JSON body, or undefined where there is none. */
  body: unknown;
  /** Path and query as they came, for `_links.self`. */
  path: string;
}

export interface ApiReply {
  status: number;
  /** Without a body: 204. */
  body?: unknown;
}

export interface ApiRoute {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** With `{id}` for numbers: it is also the operation's name in the journal. */
  path: string;
  /** Whether only the account's administrator may. */
  isForAdministrators?: boolean;
  run(call: ApiCall): ApiReply;
}

export const NO_CONTENT: ApiReply = { status: 204 };
