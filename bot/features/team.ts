import { can, ROLE_NAMES, ROLES } from "../../domain/access.ts";
import { notFound } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import type { Member } from "../../domain/team.ts";
import { cutText } from "../../domain/text.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { inPairs, LABEL_LENGTH } from "../keyboards.ts";
import { say, show, showCard, toast } from "../messages.ts";
import { publishRole } from "../role_commands.ts";
import { type Feature, onPress } from "../routes.ts";
import { BACK, CANCEL } from "../texts_common.ts";
import { INVITE_LABELS, listLabel } from "../texts_invitations.ts";
import { memberText, roleLabel, TEAM, TEAM_BUTTONS, teamText } from "../texts_team.ts";

/** What a phone's screen and Telegram's 100 buttons hold. */
const SHOWN_MEMBERS = 40;

/** «👷 Команда»: who is in it, their roles; and the companies that a person works for. */
export const teamFeature: Feature = {
  commands: { team: showTeam },
  presses: [
    onPress(actions.team, showTeam),
    onPress(actions.member, async (ctx, userId) => showMember(ctx, await memberOf(ctx, userId))),
    onPress(actions.memberRole, async (ctx, userId, role) => {
      await showMember(ctx, await servicesOf(ctx).team.setRole(userId, role));
    }),
    onPress(actions.memberAskRemove, askRemove),
    onPress(actions.memberRemove, async (ctx, userId) => {
      await servicesOf(ctx).team.remove(userId);
      await toast(ctx, TEAM.removed);
      await showTeam(ctx);
    }),
    onPress(actions.askLeave, async (ctx) => {
      const rows = [
        [actions.leave.button(TEAM_BUTTONS.sureLeave), actions.settings.button(CANCEL)],
      ];
      await showCard(ctx, { text: TEAM.askLeave, rows }, "team");
    }),
    onPress(actions.leave, async (ctx) => {
      await servicesOf(ctx).team.leave();
      await show(ctx, { text: TEAM.left });
    }),
    onPress(actions.companies, showCompanies),
    onPress(actions.companySwitch, switchCompany),
  ],
};

function isOwner(ctx: ChatContext): boolean {
  const { actor } = servicesOf(ctx);
  return can(actor, "team.edit", { companyId: actor.companyId });
}

async function showTeam(ctx: ChatContext): Promise<void> {
  const { team } = servicesOf(ctx);
  const members = await team.members();
  const mayEdit = isOwner(ctx);
  const open = mayEdit ? (await team.invitations()).length : 0;
  const edits = mayEdit
    ? [
        ...members
          .slice(0, SHOWN_MEMBERS)
          .map((member) => [actions.member.button(roleLabel(member), member.userId)]),
        ...ROLES.toReversed().map((role) => [actions.invite.button(INVITE_LABELS[role], role)]),
        [actions.invitations.button(listLabel(open))],
      ]
    : [];
  const rows = [
    ...edits,
    [actions.askLeave.button(TEAM_BUTTONS.leave), actions.settings.button(BACK)],
  ];
  const text = teamText(members, { shown: SHOWN_MEMBERS });
  await showCard(ctx, { text, rows }, "team");
}

async function memberOf(ctx: ChatContext, userId: Id): Promise<Member> {
  const members = await servicesOf(ctx).team.members();
  const member = members.find((known) => known.userId === userId);
  if (!member) throw notFound("Запись человека");
  return member;
}

async function showMember(ctx: ChatContext, member: Member): Promise<void> {
  const { timezone } = await servicesOf(ctx).company.get();
  const roles = ROLES.filter((role) => role !== member.role).map((role) =>
    actions.memberRole.button(`Сделать: ${ROLE_NAMES[role]}`, member.userId, role),
  );
  const rows = isOwner(ctx)
    ? [
        ...inPairs(roles),
        [actions.memberAskRemove.button(TEAM_BUTTONS.remove, member.userId)],
        [actions.team.button(BACK)],
      ]
    : [[actions.team.button(BACK)]];
  await showCard(ctx, { text: memberText(member, timezone), rows }, "team");
}

async function askRemove(ctx: ChatContext, userId: Id): Promise<void> {
  const { name } = await memberOf(ctx, userId);
  const rows = [
    [
      actions.memberRemove.button(TEAM_BUTTONS.sureRemove, userId),
      actions.member.button(CANCEL, userId),
    ],
  ];
  await showCard(ctx, { text: TEAM.askRemove(name), rows }, "team");
}

async function showCompanies(ctx: ChatContext): Promise<void> {
  const memberships = ctx.work.person?.memberships ?? [];
  const rows = [
    ...memberships
      .slice(0, SHOWN_MEMBERS)
      .map(({ companyId, companyName, role }) => [
        actions.companySwitch.button(
          cutText(`${companyName} · ${ROLE_NAMES[role]}`, LABEL_LENGTH),
          companyId,
        ),
      ]),
    [actions.settings.button(BACK)],
  ];
  await showCard(ctx, { text: TEAM.askCompany, rows }, "settings");
}

/**
 * A button or a reply works for the company that its message is from, and so does what follows. What
 * was asked about the other company is not asked any more.
 */
export async function followCompany(ctx: ChatContext): Promise<void> {
  const { callbackQuery, message } = ctx;
  const messageId = callbackQuery?.message?.message_id ?? message?.reply_to_message?.message_id;
  const company = messageId === undefined ? null : await ctx.work.followMessage(messageId);
  if (!company) return;
  await ctx.conversation.exitAll();
  await publishRole(ctx, company.role);
  await say(ctx, { text: TEAM.switched(company.companyName) });
}

async function switchCompany(ctx: ChatContext, companyId: Id): Promise<void> {
  await ctx.work.switchCompany(companyId);
  await ctx.conversation.exitAll();
  const { actor, company } = servicesOf(ctx);
  const { name } = await company.get();
  await publishRole(ctx, actor.role);
  await show(ctx, { text: TEAM.switched(name) });
}
