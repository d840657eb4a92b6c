/** What an application says otherwise than when the person agreed: the former words, then those of now. */
import type { Consent, Permission } from "../api/types";
import { inOrder } from "./permissions";

export type NewTerms = NonNullable<Consent["new_terms"]>;
type Told = "name" | "publisher" | "purpose" | "retention";
export interface Changed {
  what: Told | Permission;
  former: string;
  now: string;
}

const TOLD: readonly Told[] = ["name", "publisher", "purpose", "retention"];

const reasons = (of: NewTerms["now"]) => new Map(of.reasons.map(({ permission, why }) => [permission, why]));

/** Empty: the words were others in between, and are again those she agreed to. */
export function changes({ former, now, lines }: NewTerms): Changed[] {
  const [before, after] = [reasons(former), reasons(now)];
  const all: Changed[] = [
    ...TOLD.map((what) => ({ what, former: former[what], now: now[what] })),
    ...inOrder(lines).map((what) => ({ what, former: before.get(what) ?? "", now: after.get(what) ?? "" })),
  ];
  return all.filter((one) => one.former !== one.now);
}
