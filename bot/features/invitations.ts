import { type Role, ROLES } from "../../domain/access.ts";
import { formatInstant } from "../../domain/calendar.ts";
import { cutText } from "../../domain/text.ts";
import { actions } from "../actions.ts";
import { INVITATION_DAYS, INVITATION_PEOPLE } from "../choices.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { inPairs } from "../keyboards.ts";
import { say, showCard, toast } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { BACK } from "../texts_common.ts";
import {
  choiceLabel,
  daysText,
  INVITATION_BUTTONS,
  invitationFormText,
  INVITATIONS,
  invitationsText,
  invitationText,
  type InvitationTerms,
  peopleText,
  revokeLabel,
  roleWord,
} from "../texts_invitations.ts";
import { shareUrl } from "./sharing.ts";

/** What a message holds; the rest is seen when some are gone. */
const SHOWN = 20;
const WEEK = 7; // days

/** «🔗 Приглашения»: links that are still open, and new ones for one person or several. */
export const invitationsFeature: Feature = {
  presses: [
    onPress(actions.invite, (ctx, role) => invite(ctx, { role, uses: 1, days: WEEK })),
    onPress(actions.invitations, showInvitations),
    onPress(actions.invitationForm, (ctx, role, uses, days) =>
      showForm(ctx, termsOf(role, uses, days)),
    ),
    onPress(actions.invitationMake, async (ctx, role, uses, days) => {
      await invite(ctx, termsOf(role, uses, days));
      await showInvitations(ctx);
    }),
    onPress(actions.invitationRevoke, async (ctx, id) => {
      await servicesOf(ctx).team.revokeInvitation(id);
      await toast(ctx, INVITATIONS.revoked);
      await showInvitations(ctx);
    }),
  ],
};

type People = (typeof INVITATION_PEOPLE)[number];
type Days = (typeof INVITATION_DAYS)[number];

/** A link that makes many owners would be one leak away from losing the company. */
function termsOf(role: Role, uses: People, days: Days): InvitationTerms {
  return { role, uses: role === "owner" ? 1 : Number(uses), days: Number(days) };
}

async function showInvitations(ctx: ChatContext): Promise<void> {
  const { team, company } = servicesOf(ctx);
  const open = await team.invitations();
  const { timezone } = await company.get();
  const rows = [
    [actions.invitationForm.button(INVITATION_BUTTONS.several, "foreman", "5", "7")],
    ...open
      .slice(0, SHOWN)
      .map((each, index) => [
        actions.invitationRevoke.button(revokeLabel(each, index + 1), each.id),
      ]),
    [actions.team.button(BACK)],
  ];
  await showCard(ctx, { text: invitationsText(open, { shown: SHOWN, timezone }), rows }, "team");
}

/** Every button holds the whole form, so nothing is kept between presses. */
async function showForm(ctx: ChatContext, terms: InvitationTerms): Promise<void> {
  const { role } = terms;
  const uses = wordOf(INVITATION_PEOPLE, terms.uses);
  const days = wordOf(INVITATION_DAYS, terms.days);
  const form = actions.invitationForm;
  const roles = ROLES.toReversed().map((each) =>
    form.button(choiceLabel(roleWord(each), each === role), each, uses, days),
  );
  const people = INVITATION_PEOPLE.map((each) =>
    form.button(choiceLabel(peopleText(Number(each)), each === uses), role, each, days),
  );
  const lasting = INVITATION_DAYS.map((each) =>
    form.button(choiceLabel(daysText(Number(each)), each === days), role, uses, each),
  );
  const rows = [
    ...inPairs(roles),
    ...(role === "owner" ? [] : inPairs(people)),
    ...inPairs(lasting),
    [
      actions.invitationMake.button(INVITATION_BUTTONS.make, role, uses, days),
      actions.invitations.button(BACK),
    ],
  ];
  await showCard(ctx, { text: invitationFormText(terms), rows }, "team");
}

function wordOf<Word extends string>(words: readonly [Word, ...Word[]], value: number): Word {
  return words.find((word) => Number(word) === value) ?? words[0];
}

/** A new link below the list: only its hash is kept, so it is shown once. */
async function invite(ctx: ChatContext, terms: InvitationTerms): Promise<void> {
  const { team, company } = servicesOf(ctx);
  const { payload, expiresAt } = await team.invite(terms);
  const { name, timezone } = await company.get();
  const link = `https://t.me/${ctx.me.username}?start=${payload}`;
  const text = invitationText(terms, link, formatInstant(expiresAt, timezone));
  const words = `Приглашение в команду «${cutText(name, 100)}»`;
  await say(ctx, { text, rows: [[{ text: INVITATION_BUTTONS.send, url: shareUrl(link, words) }]] });
}
