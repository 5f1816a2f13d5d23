import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { createFakeApp } from "../../fake/app.ts";
import type { Clock } from "../../fake/clock.ts";
import { mountControl } from "../../fake/control.ts";
import { createDispatcher, type Dispatcher } from "../../fake/dispatcher.ts";
import type { FaultRule, FaultScript } from "../../fake/faults.ts";
import type { Journal } from "../../fake/journal.ts";
import { listen, type Listening } from "../../fake/listening.ts";
import { createAccountState } from "./account_seed.ts";
import { createDriveApp } from "./drive.ts";
import { type AmocrmEdits, createEdits } from "./edits.ts";
import { createHookHealth, retryAfter } from "./hook_delivery.ts";
import { type AmocrmInvariants, inspect } from "./invariants.ts";
import { createLimits } from "./limits.ts";
import { createTokens, type OAuthClient } from "./oauth.ts";
import { AMOCRM_DEFAULTS, type AmocrmOptions } from "./options.ts";
import { mountPages } from "./pages.ts";
import { createApiHandler } from "./requests.ts";

export interface AmocrmFakeSetup {
  clock: Clock;
  /** Same seed, same account. */
  seed?: number;
  /** Seeded contacts (made when asked for), companies (a tenth by default) and leads (none). */
  contacts?: number;
  companies?: number;
  leads?: number;
  options?: Partial<AmocrmOptions>;
  faults?: readonly FaultRule[];
}

/** An amoCRM account that runs on this machine and refuses what the real one refuses. */
export interface AmocrmFake {
  app: Hono<{ Bindings: HttpBindings }>;
  /** Serves the API and the human page; the file service gets a port of its own. */
  listen(port?: number): Promise<Listening>;
  close(): Promise<void>;
  /** Address of the account: `http://127.0.0.1:port` in place of `https://name.amocrm.ru`. */
  readonly domain: string;
  readonly accountId: number;
  readonly longLivedToken: string;
  oauth: OAuthClient & { authorizationCode(): string };
  options: AmocrmOptions;
  journal: Journal;
  faults: FaultScript;
  /** The service that carries hooks: up to five attempts each. */
  webhooks: Dispatcher;
  edit: AmocrmEdits;
  invariants(): AmocrmInvariants;
}

export function createAmocrmFake(setup: AmocrmFakeSetup): AmocrmFake {
  const { clock, seed = 1, contacts = 100 } = setup;
  const options = { ...AMOCRM_DEFAULTS, ...setup.options };
  const health = createHookHealth();
  const webhooks = createDispatcher({
    clock,
    timeout: () => options.handlerPatience,
    retryAfter,
    onDelivery(delivery) {
      if (!health.shouldDisable(delivery)) return;
      const hook = account.hooks.find(({ destination }) => destination === delivery.message.url);
      if (hook !== undefined) hook.isDisabled = true;
    },
  });
  const account = createAccountState({
    clock,
    seed,
    contacts,
    companies: setup.companies ?? Math.ceil(contacts / 10),
    leads: setup.leads ?? 0,
    options,
    faults: setup.faults ?? [],
    hooksOut: webhooks,
  });
  const tokens = createTokens(account);
  const edit = createEdits(account, tokens);
  const app = createFakeApp();
  const handler = createApiHandler({ account, limits: createLimits(account), tokens });
  app.all("/api/v4/*", handler);
  app.all("/oauth2/*", handler);
  mountPages(app, account, edit);
  mountControl(app, {
    journal: account.journal,
    faults: account.faults,
    invariants: () => inspect(account),
  });
  const listenings: Listening[] = [];

  return {
    app,
    async listen(port) {
      const main = await listen(app, port);
      const drive = await listen(createDriveApp(account, tokens));
      listenings.push(main, drive);
      account.baseUrl = main.url;
      account.driveUrl = drive.url;
      return main;
    },
    async close() {
      await Promise.all(listenings.map(async (listening) => listening.close()));
    },
    get domain() {
      return account.baseUrl;
    },
    accountId: account.id,
    longLivedToken: tokens.longLivedToken,
    oauth: { ...tokens.client, authorizationCode: () => tokens.authorizationCode() },
    options,
    journal: account.journal,
    faults: account.faults,
    webhooks,
    edit,
    invariants: () => inspect(account),
  };
}
