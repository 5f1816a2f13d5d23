import { ROLE_NAMES } from "../domain/access.ts";
import { formatInstant } from "../domain/calendar.ts";
import type { Member } from "../domain/team.ts";
import { cutText } from "../domain/text.ts";
import { type Html, join, rich } from "./html.ts";

export const TEAM_BUTTONS = {
  team: "👷 Команда",
  companies: "🔀 Другая компания",
  leave: "🚪 Выйти из команды",
  remove: "🗑 Удалить из команды",
  sureRemove: "Да, удалить",
  sureLeave: "Да, выйти",
} as const;

const NAME_LENGTH = 60;

export const TEAM = {
  askCompany: rich`С какой компанией работаем?`,
  switched: (name: string) => rich`Теперь вы работаете с компанией «${cutText(name, 100)}».`,
  askRemove: (name: string) =>
    rich`Удалить из команды: ${cutText(name, NAME_LENGTH)}? Доступ пропадёт сразу. Сметы останутся в компании.`,
  removed: "Готово: этого человека больше нет в команде.",
  askLeave: rich`Выйти из команды? Сметы останутся в компании, а вы их больше не увидите.`,
  left: rich`Вы вышли из команды. Чтобы продолжить, нажмите /start.`,
} as const;

export function roleLabel(member: Member): string {
  return `${cutText(member.name, 40)} · ${ROLE_NAMES[member.role]}`;
}

export function teamText(members: readonly Member[], { shown }: { readonly shown: number }): Html {
  const left = members.length - shown;
  return join([
    rich`<b>Команда</b>`,
    ...members.slice(0, shown).map((member) => rich`• ${roleLabel(member)}`),
    left > 0 ? rich`… и ещё ${left}` : null,
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
