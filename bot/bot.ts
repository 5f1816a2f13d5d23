import { conversations } from "@grammyjs/conversations";
import { Api, type ApiClientOptions, Bot, Composer, Context } from "grammy";
import type { Update } from "grammy/types";
import type { Logger } from "pino";
import type { Id } from "../domain/ids.ts";
import type { Updates } from "../domain/services.ts";
import { beforeQuestion } from "./before_question.ts";
import type { ChatConfig, ChatContext, ChatTools } from "./context.ts";
import { createQuestionConversation } from "./conversations/question.ts";
import { chatStateStorage } from "./conversations/storage.ts";
import { dispatch, forgiveReplay } from "./dispatch.ts";
import { features } from "./features.ts";
import { noteReachable, refuseGroup } from "./features/groups.ts";
import { answerInlineSearch } from "./features/inline_search.ts";
import { handleEdited, handleUnasked } from "./features/unexpected.ts";
import { createDownload } from "./files.ts";
import { endPress } from "./messages.ts";
import { ALLOWED_UPDATES, createPolling } from "./polling.ts";
import { publishProfile } from "./profile.ts";
import { collectRoutes } from "./routes.ts";
import type { TableReader } from "./tables.ts";
import { createTelegramFetch } from "./telegram_fetch.ts";
import { createTelegramHttp, type SendToTelegram } from "./telegram_http.ts";
import { type CallLimit, createUpdateApi } from "./update_api.ts";
import { inTransaction } from "./update_transaction.ts";

export interface BotDependencies {
  readonly token: string;
  readonly updates: Updates;
  readonly tables: TableReader;
  readonly config: ChatConfig;
  readonly log: Logger;
  readonly now: () => Date;
  readonly newId: () => Id;
  /** By HTTP over kept connections by default. */
  readonly send?: SendToTelegram;
  /** Milliseconds that one update may take; 25 s by default. */
  readonly updateTimeout?: number;
}

export interface ChatBot {
  /** For what is sent outside updates: see outgoing.ts. */
  readonly api: Api;
  /** Asks Telegram who the bot is and publishes its profile; needed before the first update. */
  init(): Promise<void>;
  /** Known after `init`, without the @. */
  username(): string;
  /** Handles one update, however it came. Rejects when it should be delivered again. */
  handleUpdate(update: Update): Promise<void>;
  /** Takes updates by polling until `stop`; rejects when Telegram refuses the bot. */
  startPolling(): Promise<void>;
  /** Has Telegram deliver updates to this address; `secret` comes back in each request's header. */
  setWebhook(webhook: { readonly url: string; readonly secret: string }): Promise<void>;
  /** Takes no more updates by polling and waits for those at work. */
  stop(): Promise<void>;
}

/** Seconds that one call may take, repeats included: less than an update's time. */
const CALL_TIMEOUT = 20;
const LONG_POLL_TIMEOUT = 60;
/** Telegram's default is 40 at once; each update holds a database connection meanwhile. */
const WEBHOOK_CONNECTIONS = 40;

/** The chat: an update in, services' work and answers out. */
export function createBot(dependencies: BotDependencies): ChatBot {
  const { token, updates, config, log, updateTimeout } = dependencies;
  const send = dependencies.send ?? createTelegramHttp();
  const client = (timeoutSeconds: number): ApiClientOptions => ({
    apiRoot: config.apiRoot,
    timeoutSeconds,
    fetch: createTelegramFetch({ send, log }),
  });
  const bot = new Bot(token, { client: client(CALL_TIMEOUT) });
  const tools: ChatTools = {
    log,
    now: dependencies.now,
    newId: dependencies.newId,
    tables: dependencies.tables,
    config,
    miniAppUrl: usableMiniAppUrl(config),
    download: createDownload({ api: bot.api, token, apiRoot: config.apiRoot }),
  };
  const transaction = inTransaction(updates, tools, updateTimeout);
  const handle = handleAnywhere();

  const pollingApi = new Api(token, client(LONG_POLL_TIMEOUT));
  const handleUpdate = async (update: Update): Promise<void> => {
    const callLimit: CallLimit = { signal: null };
    const ctx = new Context(update, createUpdateApi(bot.api, callLimit), bot.botInfo);
    // The rest of a chat's context is filled in on its way.
    const chat = Object.assign(ctx, { callLimit }) as ChatContext;
    await transaction(chat, () => handle(chat));
  };
  const polling = createPolling({ api: pollingApi, handle: handleUpdate, log });

  return {
    api: bot.api,
    init: async () => {
      await bot.init();
      await publishProfile(bot.api, tools);
      if (tools.miniAppUrl === null) {
        log.warn("no Mini App: Telegram opens it only from an https PUBLIC_URL");
      }
    },
    username: () => bot.botInfo.username,
    handleUpdate,
    startPolling: async () => {
      await bot.api.deleteWebhook();
      await polling.run();
    },
    setWebhook: async ({ url, secret }) => {
      await bot.api.setWebhook(url, {
        secret_token: secret,
        allowed_updates: ALLOWED_UPDATES,
        max_connections: WEBHOOK_CONNECTIONS,
      });
    },
    stop: () => polling.stop(),
  };
}

function handleAnywhere(): (ctx: ChatContext) => Promise<void> {
  const inPrivate = handlePrivate();
  // By hand instead of a filter for each kind: every update pays for all filters.
  return async (ctx) => {
    const { type } = ctx.chat ?? {};
    if (type === "private") return inPrivate(ctx);
    const isGroup = type === "group" || type === "supergroup";
    if (isGroup && (ctx.message || ctx.myChatMember)) return refuseGroup(ctx);
    if (ctx.inlineQuery) return answerInlineSearch(ctx);
    if (ctx.callbackQuery) return endPress(ctx);
    return undefined;
  };
}

/** Only where there is a chat: without one all people would share the state «undefined». */
function handlePrivate(): (ctx: ChatContext) => Promise<void> {
  const routes = collectRoutes(features);
  const handle = dispatch(routes, handleUnasked);
  const talk = new Composer<ChatContext>(
    conversations({ storage: chatStateStorage }),
    beforeQuestion(routes),
    forgiveReplay(handle),
    createQuestionConversation(routes.questions),
    handle,
  ).middleware();
  return async (ctx) => {
    if (ctx.myChatMember) return noteReachable(ctx);
    if (ctx.editedMessage) return handleEdited(ctx);
    await talk(ctx, ignore);
  };
}

/** Behind the last middleware: an update that nobody handles. */
async function ignore(): Promise<void> {}

function usableMiniAppUrl({ miniAppUrl, allowInsecureMiniApp }: ChatConfig): string | null {
  if (miniAppUrl === null) return null;
  return allowInsecureMiniApp || miniAppUrl.startsWith("https://") ? miniAppUrl : null;
}
