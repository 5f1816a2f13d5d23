import type { AccountState, Status } from "./account_state.ts";
import type { Tokens } from "./oauth.ts";

/** What an administrator, the owner or support does to the account itself. */
export interface SettingEdits {
  renameStatus(pipelineId: number, statusId: number, name: string): void;
  addStatus(status: Pick<Status, "pipelineId" | "name" | "sort">): number;
  deleteStatus(pipelineId: number, statusId: number): void;
  deactivateUser(id: number): void;
  revokeLongLivedToken(): void;
  expireAccessTokens(): void;
  removeIntegration(): void;
  setPaid(isPaid: boolean): void;
  /** Support lets the address in again. */
  unblock(): void;
  block(): void;
  /** What the service does itself after 100 bad answers, or a person in the settings. */
  disableHook(destination: string): void;
  enableHook(destination: string): void;
}

export function settingEdits(account: AccountState, tokens: Tokens): SettingEdits {
  const status = (pipelineId: number, statusId: number): Status =>
    must(
      account.statuses.find((one) => one.pipelineId === pipelineId && one.id === statusId),
      "status",
    );
  const setDisabled = (destination: string, isDisabled: boolean): void => {
    must(
      account.hooks.find((hook) => hook.destination === destination),
      "hook",
    ).isDisabled = isDisabled;
  };
  return {
    renameStatus(pipelineId, statusId, name) {
      status(pipelineId, statusId).name = name;
    },
    addStatus(added) {
      const id = account.next("status");
      account.statuses.push({ ...added, id, type: 0, color: "#fffeb2" });
      return id;
    },
    deleteStatus(pipelineId, statusId) {
      const gone = status(pipelineId, statusId);
      account.statuses = account.statuses.filter((one) => one !== gone);
    },
    deactivateUser(id) {
      must(
        account.users.find((user) => user.id === id),
        "user",
      ).isActive = false;
    },
    revokeLongLivedToken: () => tokens.revokeLongLivedToken(),
    expireAccessTokens: () => tokens.expireAccessTokens(),
    removeIntegration: () => tokens.revokeAll(),
    setPaid(isPaid) {
      account.isPaid = isPaid;
    },
    unblock() {
      account.isBlocked = false;
    },
    block() {
      account.isBlocked = true;
    },
    disableHook: (destination) => setDisabled(destination, true),
    enableHook: (destination) => setDisabled(destination, false),
  };
}

/** The value, or an error that names what the caller asked for in vain. */
export function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the fake account has no ${what}`);
  return value;
}
