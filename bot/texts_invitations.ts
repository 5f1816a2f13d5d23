import { type Role, ROLE_NAMES } from "../domain/access.ts";
import { formatInstant } from "../domain/calendar.ts";
import type { Invitation, JoinOutcome } from "../domain/team.ts";
import { cutText } from "../domain/text.ts";
import { plural } from "../domain/words_ru.ts";
import { type Html, join, rich } from "./html.ts";

export const INVITATION_BUTTONS = {
  list: "🔗 Приглашения",
  several: "👥 Ссылка на нескольких",
  make: "🔗 Создать ссылку",
  send: "📨 Отправить приглашение",
} as const;

export const INVITE_LABELS: Readonly<Record<Role, string>> = {
  foreman: "➕ Пригласить прораба",
  manager: "➕ Пригласить руководителя",
  owner: "➕ Пригласить владельца",
};

const NAME_LENGTH = 40;

export const INVITATIONS = {
  none: rich`Открытых приглашений нет.`,
  revoked: "Приглашение отозвано. По этой ссылке больше никто не войдёт.",
} as const;

/** What the form of a new link holds. */
export interface InvitationTerms {
  readonly role: Role;
  readonly uses: number;
  readonly days: number;
}

export function listLabel(open: number): string {
  return open === 0 ? INVITATION_BUTTONS.list : `${INVITATION_BUTTONS.list} (${open})`;
}

export function peopleText(count: number): string {
  return `${count} ${plural(count, "человек", "человека", "человек")}`;
}

export function daysText(count: number): string {
  return `${count} ${plural(count, "день", "дня", "дней")}`;
}

export function roleWord(role: Role): string {
  const name = ROLE_NAMES[role];
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

/** The one that stands is marked. */
export function choiceLabel(text: string, isChosen: boolean): string {
  return isChosen ? `✅ ${text}` : text;
}

export function revokeLabel({ role, usesLeft }: Invitation, place: number): string {
  return `🚫 Отозвать ${place}: ${ROLE_NAMES[role]}, ещё ${usesLeft}`;
}

export function invitationsText(
  invitations: readonly Invitation[],
  { shown, timezone }: { readonly shown: number; readonly timezone: string },
): Html {
  if (invitations.length === 0) return join([rich`<b>Приглашения</b>`, INVITATIONS.none]);
  const left = invitations.length - shown;
  return join([
    rich`<b>Приглашения</b>`,
    rich`Пока ссылка открыта, по ней могут войти в команду:`,
    ...invitations
      .slice(0, shown)
      .map(
        ({ role, usesLeft, expiresAt, createdByName }, index) =>
          rich`${index + 1}. ${ROLE_NAMES[role]} · ещё ${peopleText(usesLeft)} · до ${formatInstant(expiresAt, timezone)} · ${cutText(createdByName, NAME_LENGTH)}`,
      ),
    left > 0 ? rich`… и ещё ${left}` : null,
  ]);
}

export function invitationFormText({ role, uses, days }: InvitationTerms): Html {
  return join([
    rich`<b>Новое приглашение</b>`,
    rich`Роль: ${ROLE_NAMES[role]}`,
    rich`Войти смогут: ${peopleText(uses)}`,
    rich`Ссылка открыта: ${daysText(days)}`,
    role === "owner" ? rich`Владельцев приглашают по одному.` : null,
  ]);
}

export function invitationText({ role, uses }: InvitationTerms, link: string, until: string): Html {
  const people = uses === 1 ? "На одного человека" : `На ${peopleText(uses)}`;
  return join([
    rich`Приглашение в команду, роль: ${ROLE_NAMES[role]}. ${people}, до ${until}.`,
    rich`${link}`,
    rich`Перешлите ссылку тому, кого приглашаете. Показать её ещё раз нельзя, но можно сделать новую. Отозвать: «👷 Команда» → «🔗 Приглашения».`,
  ]);
}

type Joined = Extract<JoinOutcome, { outcome: "joined" | "already_member" }>;

export function joinedText({ outcome, companyName, role }: Joined): Html {
  const company = cutText(companyName, 200);
  return outcome === "joined"
    ? rich`Вы в команде «${company}», роль: ${ROLE_NAMES[role]}. Нажмите «➕ Новая смета» или пришлите список работ — я посчитаю.`
    : rich`Вы уже в команде «${company}», роль: ${ROLE_NAMES[role]}. Теперь работаем с этой компанией.`;
}

export const REFUSED_INVITATIONS: Readonly<
  Record<Exclude<JoinOutcome["outcome"], Joined["outcome"]>, Html>
> = {
  used_up: rich`Это приглашение уже использовано. Попросите новую ссылку у того, кто вас пригласил.`,
  expired: rich`Срок этого приглашения истёк. Попросите новую ссылку у того, кто вас пригласил.`,
  revoked: rich`Это приглашение отозвано. Попросите новую ссылку у того, кто вас пригласил.`,
  unknown: rich`Это приглашение недействительно: возможно, ссылка скопирована не целиком. Попросите новую у того, кто вас пригласил.`,
};
