import { asText } from "../../fake/values.ts";
import type { AccountState, User } from "./account_state.ts";
import { href } from "./links_out.ts";
import { problem } from "./problems.ts";
import type { ApiCall, ApiReply, ApiRoute } from "./routing.ts";

/** GET /account and /users. */
export function accountRoutes(): ApiRoute[] {
  return [
    { method: "GET", path: "/account", run: getAccount },
    { method: "GET", path: "/users", isForAdministrators: true, run: listUsers },
    { method: "GET", path: "/users/{id}", isForAdministrators: true, run: getUser },
  ];
}

const DATETIME_SETTINGS = {
  date_pattern: "d.m.Y H:i",
  short_date_pattern: "d.m.Y",
  date_format: "d.m.Y",
  time_format: "H:i:s",
  timezone: "Europe/Moscow",
  timezone_offset: "+03:00",
};

/** Extra parts come only with `with=`; `drive_url` names the file service's own host. */
function getAccount({ account, query }: ApiCall): ApiReply {
  const extras = new Set(asText(query["with"]).split(","));
  return {
    status: 200,
    body: {
      id: account.id,
      name: "Ремонт и стройка",
      subdomain: account.subdomain,
      created_at: account.now() - 86_400 * 900,
      created_by: 0,
      updated_at: account.now() - 86_400,
      updated_by: 0,
      current_user_id: account.actorId,
      country: "RU",
      currency: "RUB",
      currency_symbol: "₽",
      customers_mode: "segments",
      is_unsorted_on: true,
      is_loss_reason_enabled: true,
      mobile_feature_version: 0,
      is_helpbot_enabled: false,
      is_technical_account: false,
      contact_name_display_order: 1,
      ...(extras.has("drive_url") ? { drive_url: account.driveUrl } : {}),
      ...(extras.has("is_api_filter_enabled")
        ? { is_api_filter_enabled: account.options.areFiltersEnabled }
        : {}),
      ...(extras.has("version") ? { version: 13 } : {}),
      _links: { self: { href: href(account, "/api/v4/account") } },
      _embedded: extras.has("datetime_settings") ? { datetime_settings: DATETIME_SETTINGS } : {},
    },
  };
}

function listUsers({ account }: ApiCall): ApiReply {
  const users = account.users.map((user) => viewUser(account, user));
  const self = { self: { href: href(account, "/api/v4/users") } };
  return {
    status: 200,
    body: { _total_items: users.length, _page: 1, _links: self, _embedded: { users } },
  };
}

function getUser({ account, ids }: ApiCall): ApiReply {
  const user = account.users.find(({ id }) => id === ids[0]);
  if (user === undefined) throw problem(404, "User not found");
  return { status: 200, body: viewUser(account, user) };
}

function viewUser(account: AccountState, { id, name, email, isActive }: User): object {
  const isOwner = id === account.users[0]?.id;
  return {
    id,
    name,
    email,
    lang: "ru",
    rights: {
      is_admin: isOwner,
      is_free: false,
      is_active: isActive,
      group_id: null,
      role_id: null,
    },
    _links: { self: { href: href(account, `/api/v4/users/${String(id)}`) } },
  };
}
