/** Gathers the lines of one visit: what the same actor did without a long pause. */
import type { Access } from "../api/types";

/** A pause longer than this starts another visit. */
const PAUSE_MS = 30 * 60_000;
/** Fewer lines than this are as short as their summary. */
const FEWEST = 3;

export interface Visit {
  /** The id of its last line, which stays when older lines are read. */
  id: string;
  actions: number;
  firstAt: string;
  lastAt: string;
  accesses: Access[];
}

/** Refused lines and those that do not verify stand alone, and so do an organisation's deposits. */
const folds = (access: Access) =>
  access.outcome === "allowed" && (access.actor.kind === "professional" || access.actor.kind === "person");

const instant = (at: string) => Date.parse(at);

/** Returns the lines of one actor in the order received, the last first, long visits gathered. */
export function byVisit(accesses: readonly Access[]): (Access | Visit)[] {
  const shown: Visit[] = [];
  let open: Visit | null = null;
  for (const access of accesses) {
    if (open && folds(access) && instant(open.firstAt) - instant(access.last_at) <= PAUSE_MS) {
      open.accesses.push(access);
      open.actions += access.count;
      if (instant(access.first_at) < instant(open.firstAt)) open.firstAt = access.first_at;
      if (instant(access.last_at) > instant(open.lastAt)) open.lastAt = access.last_at;
      continue;
    }
    const alone: Visit = {
      id: access.id,
      actions: access.count,
      firstAt: access.first_at,
      lastAt: access.last_at,
      accesses: [access],
    };
    shown.push(alone);
    if (folds(access)) open = alone;
  }
  return shown.flatMap<Access | Visit>((visit) => (visit.accesses.length < FEWEST ? visit.accesses : [visit]));
}
