/** Wall-clock times in a time zone: what a clock on the wall shows, `YYYY-MM-DDTHH:MM`. */

const MINUTE = 60_000;
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  const made =
    formatters.get(zone) ??
    new Intl.DateTimeFormat("en-CA", {
      timeZone: zone, hourCycle: "h23",
      year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
    });
  formatters.set(zone, made);
  return made;
}

/** What a clock of the zone shows at an instant. */
export function wallOf(instant: string | number | Date, zone: string): string {
  const parts = Object.fromEntries(
    formatterOf(zone).formatToParts(new Date(instant)).map(({ type, value }) => [type, value]),
  ) as Record<"year" | "month" | "day" | "hour" | "minute", string>;
  return `${parts.year.padStart(4, "0")}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

const asUtc = (wall: string) => Date.parse(`${wall}:00Z`);

/** How far a clock of the zone is from UTC at an instant, in minutes. */
function offset(at: number, zone: string): number {
  return (asUtc(wallOf(at, zone)) - Math.floor(at / MINUTE) * MINUTE) / MINUTE;
}

const pad = (n: number) => String(n).padStart(2, "0");

/** How far, as ISO 8601 writes it: « +01:00 ». */
export function offsetOf(at: number, zone: string): string {
  const minutes = offset(at, zone);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? "-" : "+"}${pad(hours)}:${pad(rest)}`;
}

/**
 * The instants, in milliseconds, at which a clock of the zone shows this: one as a rule, none in
 * the hour that spring skips, two (the first one first) in the hour that autumn repeats.
 */
export function instantsOf(wall: string, zone: string): number[] {
  const near = asUtc(wall);
  const offsets = new Set([-24, 24].map((h) => offset(near + h * 60 * MINUTE, zone)));
  return [...offsets]
    .map((minutes) => near - minutes * MINUTE)
    .filter((at) => wallOf(at, zone) === wall)
    .sort((a, b) => a - b);
}

/** The time that the clock shows in place of one that spring skips: as much later as it jumped. */
export function afterGap(wall: string, zone: string): string {
  const near = asUtc(wall);
  return wallOf(near - offset(near - 24 * 60 * MINUTE, zone) * MINUTE, zone);
}

/** The zone of this device; Paris when the browser does not say. */
export const deviceZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "Europe/Paris";

/** Says whether two zones show the same time now and half a year from now. */
export const sameClock = (one: string, other: string, now = Date.now()) =>
  one === other ||
  [now, now + 183 * 24 * 60 * MINUTE].every((at) => wallOf(at, one) === wallOf(at, other));
