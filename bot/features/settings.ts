import { can } from "../../domain/access.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { inPairs } from "../keyboards.ts";
import { showCard } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { API_KEYS } from "../texts_api_keys.ts";
import { CATALOGUE } from "../texts_catalogue.ts";
import { MENU } from "../texts_common.ts";
import { BROWSER_LOGIN, MANAGER_PAGE, SETTINGS } from "../texts_settings.ts";
import { NOTIFICATION_BUTTONS } from "../texts_notification_settings.ts";
import { CRM_BUTTONS } from "../texts_crm.ts";
import { TEAM_BUTTONS } from "../texts_team.ts";

/** «⚙️ Настройки»: what the person's role may look at. */
export const settingsFeature: Feature = {
  commands: { settings: showSettings },
  labels: { [MENU.settings]: showSettings },
  presses: [onPress(actions.settings, showSettings)],
};

async function showSettings(ctx: ChatContext): Promise<void> {
  const { actor } = servicesOf(ctx);
  const seesTeam = can(actor, "team.read", { companyId: actor.companyId });
  const seesPage = can(actor, "report.read", { companyId: actor.companyId });
  const seesCrm = can(actor, "crm.edit", { companyId: actor.companyId });
  const makesKeys = can(actor, "keys.edit", { companyId: actor.companyId });
  const memberships = ctx.work.person?.memberships ?? [];
  const rows = inPairs([
    actions.company.button(SETTINGS.company),
    actions.catalogueList.button(CATALOGUE.button, null, "all"),
    actions.notifications.button(NOTIFICATION_BUTTONS.home),
    ...(seesTeam ? [actions.team.button(TEAM_BUTTONS.team)] : []),
    ...(seesPage ? [actions.managerPage.button(MANAGER_PAGE.button)] : []),
    actions.browserLogin.button(BROWSER_LOGIN.button, null),
    ...(makesKeys ? [actions.apiKeys.button(API_KEYS.button)] : []),
    ...(seesCrm ? [actions.crm.button(CRM_BUTTONS.crm)] : []),
    ...(memberships.length > 1 ? [actions.companies.button(TEAM_BUTTONS.companies)] : []),
    ...(seesTeam ? [] : [actions.askLeave.button(TEAM_BUTTONS.leave)]),
  ]);
  await showCard(ctx, { text: SETTINGS.title, rows }, "settings");
}
