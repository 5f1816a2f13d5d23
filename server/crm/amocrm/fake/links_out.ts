import type { AccountState } from "./account_state.ts";

/** An absolute address of this account, as HAL links carry it. */
export function href(account: AccountState, path: string): string {
  return account.baseUrl + path;
}
