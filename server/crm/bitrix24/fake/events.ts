import { buildForm } from "../../fake/form.ts";
import type { Message } from "../../fake/dispatcher.ts";
import type { EventHandler, PortalState } from "./portal_state.ts";

/** Events the list of an outgoing webhook offers. ONCRMDEALMOVETOCATEGORY is not among them. */
const WEBHOOK_EVENTS = ["DEAL", "CONTACT", "COMPANY", "QUOTE"].flatMap((kind) =>
  ["ADD", "UPDATE", "DELETE"].map((change) => `ONCRM${kind}${change}`),
);

/** The body of one outgoing webhook: names and identifiers only. api-reference/events/index.md */
export function eventMessage(
  portal: Pick<PortalState, "host" | "memberId" | "now">,
  handler: EventHandler,
  event: string,
  fields: Readonly<Record<string, string>>,
): Message {
  const body = buildForm({
    event,
    event_handler_id: String(handler.id),
    data: { FIELDS: fields },
    ts: String(portal.now()),
    auth: {
      domain: portal.host,
      client_endpoint: `https://${portal.host}/rest/`,
      server_endpoint: "https://oauth.bitrix.info/rest/",
      member_id: portal.memberId,
      application_token: handler.applicationToken,
    },
  });
  return { url: handler.url, body };
}

/** Registers a handler the way the portal's form does; unknown events cannot be ticked there. */
export function addHandler(
  portal: PortalState,
  setup: { url: string; applicationToken: string; events?: readonly string[] },
): EventHandler {
  const events = (setup.events ?? WEBHOOK_EVENTS).map((event) => event.toUpperCase());
  const unknown = events.filter((event) => !WEBHOOK_EVENTS.includes(event));
  if (unknown.length > 0) {
    throw new Error(`an outgoing webhook cannot subscribe to ${unknown.join(", ")}`);
  }
  const handler: EventHandler = {
    id: portal.next("handler"),
    url: setup.url,
    applicationToken: setup.applicationToken,
    events: new Set(events),
  };
  portal.handlers.push(handler);
  return handler;
}
