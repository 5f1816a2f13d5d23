import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import type { Message, UserFromGetMe } from "grammy/types";
import { Hono } from "hono";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createApi } from "./api.ts";
import { createCalls, type Calls } from "./calls.ts";
import { createChronicle } from "./chronicle.ts";
import { createSystemClock, type Clock } from "./clock.ts";
import { createEvents } from "./events.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createFolderFiles, createMemoryFiles } from "./file_bytes.ts";
import { createGroup, type GroupOptions, type SimulatedGroup } from "./groups.ts";
import { createBotRoutes } from "./http.ts";
import { parametersOf } from "./parameters.ts";
import { createPageRoutes } from "./page/routes.ts";
import { createPerson, type Person, type PersonOptions } from "./person.ts";
import { createPolling } from "./polling.ts";
import { createLimiter, type SendingLimits } from "./sending_limits.ts";
import { createState } from "./state.ts";
import { keepState, loadState } from "./state_file.ts";
import { writeTranscript } from "./transcript.ts";
import { createUpdateControl, type UpdateControl } from "./update_control.ts";
import { waitReal } from "./waiting.ts";
import { createWebhooks } from "./webhooks.ts";
import type { Log, World } from "./world.ts";

export type SimulatorOptions = {
  /** As BotFather gives it: `<number>:<letters>`. */
  token: string;
  /** Without the @. */
  botUsername: string;
  botName?: string;
  clock?: Clock;
  /** Where chats are kept between runs; files lie in a folder beside it. */
  stateFile?: string;
  log?: Log;
  /** Lets Mini App buttons have `http:` addresses, which Telegram refuses. Off by default. */
  allowInsecureMiniApp?: boolean;
  /** Another page of this machine: the chat page shows its name and `path` leads there. */
  neighbour?: { name: string; path: string; url: string };
  /** How long a press or an inline query can be answered. 30 seconds by default. */
  queryLifetimeMs?: number;
};

export type Simulator = {
  /** Bot API, chat page and its addresses, to mount or to call in process. */
  readonly app: Hono<{ Bindings: HttpBindings }>;
  fetch(request: Request): Promise<Response>;
  /** Port 0 takes any free one. Rejects when the port is in use. */
  listen(address: {
    host?: string;
    port: number;
  }): Promise<{ url: string; close(): Promise<void> }>;
  /** Somebody with a phone: the person of this id, or a new one. */
  person(options: PersonOptions): Person;
  /** A group without the bot; it can be added. */
  group(options: GroupOptions): SimulatedGroup;
  readonly calls: Calls & {
    /** The first call of the method, past or future, that passes. */
    waitFor(method: string, test?: (parameters: Record<string, unknown>) => boolean): Promise<void>;
  };
  readonly faults: Faults & {
    /** Telegram's limits on sending; null, as at the start, is no limit. */
    limitSending(limits: SendingLimits | null): void;
  };
  readonly updates: UpdateControl;
  /** Resolves when the bot has taken every update and waits for nothing from the simulator. */
  settle(): Promise<void>;
  /** The chat of a person with the bot as text. */
  transcript(chat: Pick<Message["chat"], "id"> | Person): string;
  /** Forgets everything: people, chats, files, calls, faults. Ids start anew. */
  reset(): void;
  /** Stops deliveries and waiting polls and writes the state file. */
  close(): Promise<void>;
};

/** A Telegram on this machine: see README.md for what it does and what it does not. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const world = createWorld(options);
  const chronicle = createChronicle(world);
  const polling = createPolling(world);
  const calls = createCalls();
  const faults = createFaults();
  const limiter = createLimiter(world.clock);
  const api = createApi({ world, polling, calls, faults, limiter });
  const webhooks = createWebhooks(world, (method, parameters) =>
    api.call(method, parametersOf(parameters)),
  );
  const updates = createUpdateControl({ world, polling, webhooks });
  const kept = options.stateFile === undefined ? null : keepState(world, options.stateFile);
  const app = new Hono<{ Bindings: HttpBindings }>();
  const person = (options: PersonOptions) => createPerson(world, chronicle, options);
  app.route("/", createBotRoutes(world, api));
  app.route("/", createPageRoutes({ world, person, reset }));
  const servers = new Set<Server>();
  webhooks.pump();

  async function listen({ host = "127.0.0.1", port }: { host?: string; port: number }) {
    const server = createAdaptorServer({ fetch: app.fetch }) as Server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, resolve);
    });
    servers.add(server);
    const address = server.address() as AddressInfo;
    return {
      url: `http://${host}:${address.port}`,
      close: async () => {
        servers.delete(server);
        await closeServer(server);
      },
    };
  }

  function reset(): void {
    world.state = createState();
    world.fileBytes.clear();
    calls.clear();
    faults.clear();
    limiter.set(null);
    world.events.emit({ type: "reset" });
  }

  return {
    app,
    fetch: async (request) => app.fetch(request),
    listen,
    person,
    group: (group) => createGroup(world, group),
    calls: {
      ...calls,
      async waitFor(method, test = () => true) {
        await waitReal(
          world.events,
          () => calls.of(method).find(({ parameters }) => test(parameters)),
          () => `the bot did not call ${method}`,
        );
      },
    },
    faults: { ...faults, limitSending: (limits) => limiter.set(limits) },
    updates,
    async settle() {
      const isQuiet = () =>
        updates.pending().length === 0 && calls.running() === 0 && webhooks.running() === 0;
      await waitReal(
        world.events,
        () => (isQuiet() ? true : undefined),
        () => `the bot is still busy: ${updates.pending().length} updates wait`,
      );
    },
    transcript: ({ id }) => {
      const chat = world.state.chats.get(id < 0 ? `group:${id}` : `bot:${id}`);
      return chat === undefined ? "" : writeTranscript(chat);
    },
    reset,
    async close() {
      polling.close();
      webhooks.close();
      await Promise.all([...servers].map((server) => closeServer(server)));
      servers.clear();
      kept?.close();
    },
  };
}

function createWorld(options: SimulatorOptions): World {
  const { stateFile } = options;
  return {
    token: options.token,
    bot: createBot(options),
    clock: options.clock ?? createSystemClock(),
    events: createEvents(),
    fileBytes:
      stateFile === undefined ? createMemoryFiles() : createFolderFiles(`${stateFile}.files`),
    rules: {
      allowInsecureMiniApp: options.allowInsecureMiniApp ?? false,
      queryLifetimeMs: options.queryLifetimeMs ?? 30_000,
    },
    log: options.log,
    neighbour: options.neighbour ?? null,
    state: stateFile === undefined ? createState() : loadState(stateFile),
  };
}

function createBot({ token, botUsername, botName }: SimulatorOptions): UserFromGetMe {
  const id = Number(/^(\d+):[\w-]+$/.exec(token)?.[1]);
  if (Number.isNaN(id)) throw new Error("a bot token looks like 123456:letters");
  return {
    id,
    is_bot: true,
    first_name: botName ?? botUsername,
    username: botUsername,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: true,
    can_connect_to_business: false,
    has_main_web_app: true,
  } as UserFromGetMe;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
