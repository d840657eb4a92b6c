/** The catalogue as it is looked through, here and not by the server: nobody is told what is sought. */
import type { Card, Permission } from "../api/types";
import { fold, matches } from "./fold";
import { inOrder } from "./permissions";

export const THEMES = [
  "health_record", "vaccination", "appointments", "adherence", "chronic_disease", "prevention",
  "facility_portal", "telehealth", "connected_devices", "well_being",
] as const satisfies readonly Card["theme"][];

export const KINDS = ["weight", "blood_pressure", "appointment", "document"] as const;
export type Kind = (typeof KINDS)[number];
/** What an application asks for, or that it asks for nothing. */
export const ASKED = [...KINDS, "none"] as const;
export type Asked = (typeof ASKED)[number];

/** What is listed together: others than the first are asked for one by one. */
export const GROUPS = ["listed", "candidate", "delisted"] as const;
export type Group = (typeof GROUPS)[number];

export interface Sought {
  theme: Card["theme"] | "";
  asked: Asked | "";
  group: Group;
}

export const ANYTHING: Sought = { theme: "", asked: "", group: "listed" };

const placed = <T extends string>(all: readonly T[], place: string | undefined): T | "" =>
  all[Number(place ?? 0) - 1] ?? "";

/** Reads what the address keeps: places in lists, and no word of health. */
export const soughtOf = (query: Record<string, string | undefined>): Sought => ({
  theme: placed(THEMES, query["t"]),
  asked: placed(ASKED, query["d"]),
  group: placed(GROUPS, query["e"]) || "listed",
});

export function addressOf({ theme, asked, group }: Sought): string {
  const parts = [
    theme && `t=${THEMES.indexOf(theme) + 1}`,
    asked && `d=${ASKED.indexOf(asked) + 1}`,
    group !== "listed" && `e=${GROUPS.indexOf(group) + 1}`,
  ].filter(Boolean);
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}

export type Way = "read" | "write";

const kindOf = (permission: Permission) => permission.split(":")[0] as Kind;
const wayOf = (permission: Permission) => permission.split(":")[1] as Way;

/** What an application asks for, by kind of data, each with what it would do. */
export function askedBy({ data_asked }: Pick<Card, "data_asked">): [Kind, Way[]][] {
  const permissions = inOrder(data_asked.map(({ permission }) => permission));
  return KINDS.flatMap((kind): [Kind, Way[]][] => {
    const ways = permissions.filter((one) => kindOf(one) === kind).map(wayOf);
    return ways.length > 0 ? [[kind, ways]] : [];
  });
}

/** Those of the theme and data sought, in which every word wanted is found. */
export function among(cards: readonly Card[], { theme, asked }: Sought, wanted: string): Card[] {
  return cards.filter((card) => {
    const kinds = askedBy(card).map(([kind]) => kind);
    const isAsked = asked === "" || (asked === "none" ? kinds.length === 0 : kinds.includes(asked));
    const texts = [card.name, card.publisher.name, card.purpose];
    return (theme === "" || card.theme === theme) && isAsked && matches(wanted, texts);
  });
}

const SMALL = new Set(["de", "du", "des", "la", "le", "les", "l", "d", "a", "au", "aux", "et"]);

/** Two letters drawn in place of a logo: nothing of an application is loaded here. */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word && !SMALL.has(fold(word)));
  return words.slice(0, 2).map((word) => [...word][0]?.toLocaleUpperCase("fr")).join("");
}
