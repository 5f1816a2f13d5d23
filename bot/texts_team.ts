import { type Role, ROLE_NAMES } from "../domain/access.ts";
import { formatInstant } from "../domain/calendar.ts";
import type { Invitation, JoinOutcome, Member } from "../domain/team.ts";
import { cutText } from "../domain/text.ts";
import { type Html, join, rich } from "./html.ts";

export const TEAM_BUTTONS = {
  team: "👷 Команда",
  companies: "🔀 Другая компания",
  leave: "🚪 Выйти из команды",
  remove: "🗑 Удалить из команды",
  sureRemove: "Да, удалить",
  sureLeave: "Да, выйти",
  send: "📨 Отправить приглашение",
} as const;

export const INVITE_LABELS: Readonly<Record<Role, string>> = {
  foreman: "➕ Пригласить прораба",
  manager: "➕ Пригласить руководителя",
  owner: "➕ Пригласить владельца",
};

const NAME_LENGTH = 60;

export const TEAM = {
  askCompany: rich`С какой компанией работаем?`,
  switched: (name: string) => rich`Теперь вы работаете с компанией «${cutText(name, 100)}».`,
  askRemove: (name: string) =>
    rich`Удалить из команды: ${cutText(name, NAME_LENGTH)}? Доступ пропадёт сразу. Сметы останутся в компании.`,
  removed: "Готово: этого человека больше нет в команде.",
  askLeave: rich`Выйти из команды? Сметы останутся в компании, а вы их больше не увидите.`,
  left: rich`Вы вышли из команды. Чтобы продолжить, нажмите /start.`,
  revoked: "Приглашение отозвано.",
} as const;

export function roleLabel(member: Member): string {
  return `${cutText(member.name, 40)} · ${ROLE_NAMES[member.role]}`;
}

export function revokeLabel(invitation: Invitation): string {
  return `🚫 Отозвать: ${ROLE_NAMES[invitation.role]}, осталось ${invitation.usesLeft}`;
}

export function teamText(
  members: readonly Member[],
  invitations: readonly Invitation[],
  { shown, timezone }: { readonly shown: number; readonly timezone: string },
): Html {
  const left = members.length - shown;
  return join([
    rich`<b>Команда</b>`,
    ...members.slice(0, shown).map((member) => rich`• ${roleLabel(member)}`),
    left > 0 ? rich`… и ещё ${left}` : null,
    ...invitations.map(
      ({ role, createdByName, expiresAt }) =>
        rich`🔗 Приглашение: ${ROLE_NAMES[role]}, до ${formatInstant(expiresAt, timezone)} (${cutText(createdByName, 40)})`,
    ),
  ]);
}

export function memberText(member: Member, timezone: string): Html {
  return join([
    rich`<b>${cutText(member.name, NAME_LENGTH)}</b>`,
    rich`Роль: ${ROLE_NAMES[member.role]}`,
    member.username === null ? null : rich`@${member.username}`,
    rich`В команде с ${formatInstant(member.joinedAt, timezone)}`,
  ]);
}

export function invitationText(role: Role, link: string, until: string): Html {
  return join([
    rich`Приглашение в команду, роль: ${ROLE_NAMES[role]}. На одного человека, до ${until}.`,
    rich`${link}`,
    rich`Перешлите ссылку тому, кого приглашаете. Показать её ещё раз нельзя, но можно сделать новую.`,
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
