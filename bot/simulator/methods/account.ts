import { badRequest } from "../api_error.ts";
import { readAllowedUpdates } from "../updates.ts";
import type { Methods } from "./method.ts";

export const accountMethods: Methods = {
  getme: ({ world }) => world.bot,
  logout: () => true,
  close: () => true,
  getupdates: ({ polling }, parameters) => polling.getUpdates(parameters),
  setwebhook({ world, polling }, parameters) {
    const url = parameters.text("url");
    if (parameters.boolean("drop_pending_updates")) world.state.updates = [];
    if (url === "") {
      world.state.webhook = null;
      return true;
    }
    const secretToken = parameters.text("secret_token");
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw badRequest("invalid webhook URL specified");
    }
    if (secretToken.length > 256) throw badRequest("secret token is too long");
    if (!/^[\w-]*$/.test(secretToken)) {
      throw badRequest("secret token contains unallowed characters");
    }
    const allowed = readAllowedUpdates(
      parameters.json("allowed_updates", "Can't parse allowed_updates JSON object"),
    );
    if (allowed !== null) world.state.allowedUpdates = allowed;
    polling.interrupt("terminated by setWebhook request");
    world.state.webhook = {
      url,
      secretToken,
      maxConnections: parameters.integerOr("max_connections", 40, 1, 100),
      lastErrorAt: null,
      lastErrorMessage: "",
    };
    world.events.emit({ type: "update", updateId: world.state.counters.update });
    return true;
  },
  deletewebhook({ world }, parameters) {
    if (parameters.boolean("drop_pending_updates")) world.state.updates = [];
    world.state.webhook = null;
    return true;
  },
  getwebhookinfo({ world }) {
    const { webhook, updates, allowedUpdates } = world.state;
    return {
      url: webhook?.url ?? "",
      has_custom_certificate: false,
      pending_update_count: updates.length,
      ...(webhook === null ? {} : { max_connections: webhook.maxConnections }),
      ...(webhook === null || webhook.lastErrorAt === null
        ? {}
        : {
            last_error_date: Math.floor(webhook.lastErrorAt / 1000),
            last_error_message: webhook.lastErrorMessage,
          }),
      ...(allowedUpdates === null ? {} : { allowed_updates: allowedUpdates }),
    };
  },
};
