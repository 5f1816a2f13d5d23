import type { Logger } from "pino";
import type { Services } from "../../domain/services.ts";
import type { CrmDoor } from "../crm/reach.ts";
import type { BrowserSessions } from "../auth/browser_sessions.ts";
import type { Session, Sessions } from "../auth/sessions.ts";
import type { ReadTable } from "../imports/table_result.ts";
import type { TableReader } from "../imports/table_reader.ts";
import type { ManagerDoor } from "../manager/door.ts";
import type { ClientDoor } from "../services/client_contract.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { AsActor } from "../services/work.ts";

export interface TelegramDoor {
  /** Signs the launch data of the Mini App. */
  readonly botToken: string;
  /** Null: updates come by polling and the door does not exist. */
  readonly webhook: {
    readonly secret: string;
    /** Rejects when the update should be delivered again. */
    readonly handle: (update: { readonly update_id: number }) => Promise<void>;
  } | null;
}

export interface AppDependencies {
  readonly services: AsActor;
  readonly sessions: Sessions;
  /** The app outside Telegram. */
  readonly browserSessions: BrowserSessions;
  /** Reads the spreadsheets that programs send. */
  readonly tables: Omit<TableReader, "close">;
  /** What strangers with a link may do. */
  readonly clientDoor: ClientDoor;
  readonly telegram: TelegramDoor;
  /** Where CRMs tell what has changed; without it the door does not exist. */
  readonly crm?: CrmDoor;
  /** The manager's page; without it the page does not exist. */
  readonly manager?: ManagerDoor;
  readonly config: {
    /** Where the built Mini App lies. */
    readonly miniappDirectory: string;
    /** "http://127.0.0.1:8081" where the simulator's chat page may frame the Mini App; else null. */
    readonly simulatorOrigin: string | null;
    /** Without @; null while it is not known. Pages outside Telegram point at this bot. */
    readonly botUsername?: string | null;
    /** True when people reach the server by https. */
    readonly isSecure: boolean;
    /** Scheme and host under which people reach the server; null: nobody outside this machine does. */
    readonly publicUrl: string | null;
  };
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: () => Date;
  /** Whether requests can be served: the database answers and is migrated. */
  readonly readiness: () => Promise<boolean>;
}

/** What handlers find in the context of a request. */
export interface AppEnvironment {
  Variables: {
    requestId: string;
    session: Session;
    /** Of a transaction that is open already; see `repeatable`. */
    services?: Services;
    /** The spreadsheet that was sent; see `readSpreadsheet`. */
    table: ReadTable;
    /** `performance.now()` when somebody worked on it before `logRequests`. */
    startedAt?: number;
    /** Why an update could not be handled; see `quickTelegramRoutes`. */
    updateFailure?: { readonly thrown: unknown };
  };
}

/** Runs work as the person of a request. */
export function asPersonOf({ services }: Pick<AppDependencies, "services">) {
  return <Result>(
    context: { readonly var: { readonly session: Session; readonly services?: Services } },
    work: (services: Services) => Promise<Result>,
  ): Promise<Result> => {
    const { session, services: open } = context.var;
    return open ? work(open) : services(session.actor, work);
  };
}
