const clock = new Intl.DateTimeFormat("ru", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long" });

/** Telegram's seconds as «14:05». */
export function timeOf(seconds: number): string {
  return clock.format(seconds * 1000);
}

export function dayOf(seconds: number): string {
  const text = day.format(seconds * 1000);
  return text === day.format(Date.now()) ? "Сегодня" : text;
}

export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} Б`;
  const [amount, unit] = bytes < 1024 * 1024 ? [bytes / 1024, "КБ"] : [bytes / 1024 / 1024, "МБ"];
  return `${amount.toLocaleString("ru", { maximumFractionDigits: 1 })} ${unit}`;
}

export function phoneOf(digits: string): string {
  const found = /^\+?7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(digits);
  return found === null
    ? `+${digits.replace(/^\+/, "")}`
    : `+7 ${found.slice(1, 3).join(" ")}-${found.slice(3).join("-")}`;
}

/** One of seven colours, the same for the same name. */
export function hueOf(name: string): number {
  return Array.from(name).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 7;
}

export function initialsOf(name: string): string {
  return name
    .split(" ")
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");
}
