import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { createFakeApp } from "../../fake/app.ts";
import type { Clock } from "../../fake/clock.ts";
import { mountControl } from "../../fake/control.ts";
import { createDispatcher, type Dispatcher } from "../../fake/dispatcher.ts";
import type { FaultRule, FaultScript } from "../../fake/faults.ts";
import type { Journal } from "../../fake/journal.ts";
import { listen, type Listening } from "../../fake/listening.ts";
import { createSecrets } from "../../fake/random.ts";
import { birthOf, packPortal, unpackPortal } from "./archive.ts";
import { type Bitrix24Edits, createEdits } from "./edits.ts";
import { addHandler, eventMessage } from "./events.ts";
import { type Bitrix24Invariants, inspect } from "./invariants.ts";
import { createLimits } from "./limits.ts";
import { BITRIX24_DEFAULTS, type Bitrix24Options } from "./options.ts";
import { mountPages } from "./pages.ts";
import { createPortalState } from "./portal_seed.ts";
import { createRestHandler } from "./requests.ts";
import { createRunner } from "./runner.ts";

export interface Bitrix24FakeSetup {
  clock: Clock;
  /** Same seed, same portal. */
  seed?: number;
  /** Seeded contacts (made when asked for), companies (a tenth by default) and deals (none). */
  contacts?: number;
  companies?: number;
  deals?: number;
  options?: Partial<Bitrix24Options>;
  faults?: readonly FaultRule[];
  /** What `save` of a fake with the same seed and sizes returned: it goes on from there. */
  saved?: string;
  /** Called after each change, to save it. */
  onChange?: () => void;
}

/** A Bitrix24 portal that runs on this machine and refuses what the real one refuses. */
export interface Bitrix24Fake {
  app: Hono<{ Bindings: HttpBindings }>;
  /** Serves on 127.0.0.1. `webhookUrl` and the human page need it. */
  listen(port?: number): Promise<Listening>;
  close(): Promise<void>;
  /** The inbound webhook's address with the employee and the secret, ending in a slash. */
  readonly webhookUrl: string;
  readonly memberId: string;
  /** Options may be changed while it runs. */
  options: Bitrix24Options;
  journal: Journal;
  faults: FaultScript;
  /** The queue server that carries events to our handlers: one attempt each. */
  webhooks: Dispatcher;
  edit: Bitrix24Edits & {
    /** Moves the portal to a new address; the old one answers 302, by default to the new one. */
    renamePortal(location?: string): Promise<string>;
  };
  invariants(): Bitrix24Invariants;
  /** Everything that happened since the seed, as text for a file. */
  save(): string;
  /** Fills in the portal's form «Исходящий вебхук». Returns the token it shows. */
  outgoingWebhook(setup: { url: string; applicationToken?: string; events?: readonly string[] }): {
    applicationToken: string;
  };
}

/** A handler that takes longer counts as lost, in real ms. */
const HANDLER_PATIENCE = 30_000;

export function createBitrix24Fake(setup: Bitrix24FakeSetup): Bitrix24Fake {
  const { clock, seed = 1, contacts = 100 } = setup;
  const options = { ...BITRIX24_DEFAULTS, ...setup.options };
  const webhooks = createDispatcher({
    clock,
    timeout: () => HANDLER_PATIENCE,
    retryAfter: () => null,
  });
  const bornAt = setup.saved === undefined ? clock.now() : birthOf(setup.saved);
  const portal = createPortalState({
    clock,
    bornAt,
    seed,
    contacts,
    companies: setup.companies ?? Math.ceil(contacts / 10),
    deals: setup.deals ?? 0,
    options,
    faults: setup.faults ?? [],
    raise(state, event, fields) {
      setup.onChange?.();
      for (const handler of state.handlers) {
        if (handler.events.has(event)) webhooks.send(eventMessage(state, handler, event, fields));
      }
    },
  });
  if (setup.saved !== undefined) unpackPortal(portal, setup.saved);
  const limits = createLimits(clock, options);
  const runner = createRunner(portal, limits);
  const secret = createSecrets(seed + 1000);
  const app = createFakeApp();
  app.all("/rest/*", createRestHandler({ portal, limits, runner }));
  const edit = createEdits(portal);
  mountPages(app, portal, edit);
  mountControl(app, {
    journal: portal.journal,
    faults: portal.faults,
    invariants: () => inspect(portal),
  });

  let current: Listening | null = null;
  const listenings: Listening[] = [];
  const start = async (
    served: Hono<{ Bindings: HttpBindings }>,
    port?: number,
  ): Promise<Listening> => {
    const listening = await listen(served, port);
    listenings.push(listening);
    current = listening;
    portal.host = new URL(listening.url).host;
    return listening;
  };
  /** Address by port: where a renamed portal sends its old visitors. */
  const moved = new Map<string, string>();
  const door = createFakeApp();
  door.all("*", async (context) => {
    const url = new URL(context.req.url);
    const target = moved.get(url.port);
    if (target === undefined) return app.fetch(context.req.raw, context.env);
    return context.redirect(new URL(url.pathname + url.search, target).href, 302);
  });

  return {
    app,
    listen: async (port) => start(door, port),
    async close() {
      await Promise.all(listenings.map(async (listening) => listening.close()));
    },
    get webhookUrl() {
      if (current === null) throw new Error("the fake portal does not listen yet");
      const { userId, secret: code } = portal.webhook;
      return `${current.url}/rest/${String(userId)}/${code}/`;
    },
    memberId: portal.memberId,
    options,
    journal: portal.journal,
    faults: portal.faults,
    webhooks,
    edit: {
      ...edit,
      async renamePortal(location) {
        const old = current;
        const next = await start(door);
        if (old !== null) moved.set(String(old.port), location ?? next.url);
        return next.url;
      },
    },
    invariants: () => inspect(portal),
    save: () => packPortal(portal, bornAt),
    outgoingWebhook({ url, applicationToken = secret(32), events }) {
      addHandler(portal, { url, applicationToken, ...(events === undefined ? {} : { events }) });
      return { applicationToken };
    },
  };
}
