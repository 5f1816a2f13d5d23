/** Writes and reads times the way a portal in one time zone does. All times are whole seconds. */
export interface PortalTimes {
  /** `2026-03-02T15:00:00+03:00`. */
  format(second: number): string;
  /** A day as the portal returns it: midnight UTC written with the portal's offset. */
  formatDay(day: string): string;
  /** Reads ISO with or without offset, `2026-03-02 15:00:00` and `02.03.2026`; null if it is none. */
  parse(text: string): number | null;
  /** Offset of the zone at that second, in seconds. */
  offsetAt(second: number): number;
}

const HOUR = 3600;

export function createPortalTimes(timezone: string): PortalTimes {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    timeZoneName: "longOffset",
  });
  const offsets = new Map<number, number>();

  const offsetAt = (second: number): number => {
    const hour = Math.floor(second / HOUR);
    const known = offsets.get(hour);
    if (known !== undefined) return known;
    const name = parts.formatToParts(second * 1000).find((part) => part.type === "timeZoneName");
    const offset = readOffset(name?.value ?? "GMT");
    offsets.set(hour, offset);
    return offset;
  };

  let last = { second: Number.NaN, text: "" };
  const format = (second: number): string => {
    // One item shows the same second several times.
    if (second === last.second) return last.text;
    const offset = offsetAt(second);
    const local = new Date((second + offset) * 1000).toISOString().slice(0, 19);
    last = { second, text: `${local}${writeOffset(offset)}` };
    return last.text;
  };

  return {
    offsetAt,
    format,
    formatDay: (day) => format(Date.parse(`${day}T00:00:00Z`) / 1000),
    parse(text) {
      const moment = readMoment(text);
      if (moment === null) return null;
      if (moment.offset !== null) return moment.local - moment.offset;
      // The offset of the local time itself: an hour off only inside the hour of the change.
      return moment.local - offsetAt(moment.local - offsetAt(moment.local));
    },
  };
}

const SHAPES = [
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/,
  /^(\d{2})\.(\d{2})\.(\d{4})(?: (\d{2}):(\d{2})(?::(\d{2}))?)?()$/,
] as const;

function readMoment(text: string): { local: number; offset: number | null } | null {
  const iso = SHAPES[0].exec(text.trim());
  const russian = SHAPES[1].exec(text.trim());
  const found = iso ?? russian;
  if (found === null) return null;
  const day = iso === null ? [found[3], found[2], found[1]] : [found[1], found[2], found[3]];
  const clock = [found[4] ?? "00", found[5] ?? "00", found[6] ?? "00"];
  const milliseconds = Date.parse(`${day.join("-")}T${clock.join(":")}Z`);
  if (Number.isNaN(milliseconds)) return null;
  const zone = found[7];
  return {
    local: milliseconds / 1000,
    offset: zone === undefined || zone === "" ? null : readOffset(zone),
  };
}

function readOffset(text: string): number {
  const found = /([+-])(\d{2}):?(\d{2})/.exec(text);
  if (found === null) return 0;
  const seconds = Number(found[2]) * HOUR + Number(found[3]) * 60;
  return found[1] === "-" ? -seconds : seconds;
}

function writeOffset(offset: number): string {
  const absolute = Math.abs(offset);
  const hours = String(Math.floor(absolute / HOUR)).padStart(2, "0");
  const minutes = String(Math.floor((absolute % HOUR) / 60)).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${hours}:${minutes}`;
}
