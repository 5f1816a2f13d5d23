import { type Fields, asText } from "../../fake/values.ts";
import type { Method, MethodAnswer } from "./methods.ts";
import type { PortalState } from "./portal_state.ts";

/** Methods that need no scope; api-reference/common. `method.get` is added where all are known. */
export const SYSTEM_METHODS: readonly (readonly [string, Method])[] = [
  [
    "server.time",
    { scope: null, run: (portal) => ({ result: portal.times.format(portal.now()) }) },
  ],
  ["scope", { scope: null, run: listScopes }],
  ["profile", { scope: null, run: viewProfile }],
  ["user.admin", { scope: null, run: (portal) => ({ result: portal.webhook.isAdmin }) }],
];

const ALL_SCOPES = ["crm", "catalog", "disk", "user", "user_basic", "task", "im", "telephony"];

function listScopes(portal: PortalState, params: Fields): MethodAnswer {
  const isFull = ["true", "1", "Y"].includes(asText(params["full"]));
  return { result: isFull ? ALL_SCOPES : [...portal.webhook.scopes] };
}

function viewProfile(portal: PortalState): MethodAnswer {
  const user = portal.users.find(({ id }) => id === portal.webhook.userId);
  if (user === undefined || !user.isActive) return { result: [] };
  return {
    result: {
      ID: String(user.id),
      ADMIN: portal.webhook.isAdmin,
      NAME: user.name,
      LAST_NAME: user.lastName,
      PERSONAL_GENDER: "",
      TIME_ZONE: "",
    },
  };
}
