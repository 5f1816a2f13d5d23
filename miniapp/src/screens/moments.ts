const MOMENT = new Intl.DateTimeFormat("ru-RU", {
  day: "numeric",
  month: "long",
  hour: "2-digit",
  minute: "2-digit",
});

const DAY = new Intl.DateTimeFormat("ru-RU", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

/** «22 ноября в 15:04», of an instant as the server writes it, on the clock of the phone. */
export function moment(instant: string): string {
  return MOMENT.format(new Date(instant));
}

/** «1–22 ноября 2026 г.», of two days. */
export function period(from: string, to: string): string {
  return DAY.formatRange(new Date(from), new Date(to)).replace(" г.", "\u00a0г.");
}

/** «22 ноября 2026 г.», of a day or of an instant. */
export function day(text: string): string {
  // «г.» alone on the next line is a riddle.
  return DAY.format(new Date(text)).replace(" г.", "\u00a0г.");
}
