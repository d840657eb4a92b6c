/** What a publisher types of an application, and what it becomes in the contract. */
import type { ApplicationBody, ApplicationFile, Card, Permission } from "../api/types";
import { inOrder } from "./permissions";

export type Attested = Card["attestations"][number]["kind"];
export type Platform = Card["platforms"][number];

export const ATTESTED = ["hds", "iso_27001", "ce_medical", "accessibility", "impact_assessment"] as const satisfies
  readonly Attested[];
export const PLATFORMS = ["web", "ios", "android", "device"] as const satisfies readonly Platform[];
export const PRICES = ["free", "freemium", "paid"] as const satisfies readonly Card["price"]["kind"][];
export const MAX_REDIRECTS = 5;

export interface TypedApplication {
  name: string;
  publisher: string;
  website: string;
  purpose: string;
  theme: Card["theme"] | "";
  platforms: Platform[];
  price: Card["price"]["kind"];
  priceDetail: string;
  /** What is asked, each with its reason. */
  asked: Partial<Record<Permission, string>>;
  retention: string;
  site: string;
  privacy: string;
  redirects: string[];
  isPublic: boolean;
  jwks: string;
  attested: Partial<Record<Attested, string>>;
}

export const BLANK: TypedApplication = {
  name: "",
  publisher: "",
  website: "",
  purpose: "",
  theme: "",
  platforms: [],
  price: "free",
  priceDetail: "",
  asked: {},
  retention: "",
  site: "",
  privacy: "",
  redirects: [""],
  isPublic: true,
  jwks: "",
  attested: {},
};

export function typedOf(file: ApplicationFile): TypedApplication {
  return {
    name: file.name,
    publisher: file.publisher.name,
    website: file.publisher.website,
    purpose: file.purpose,
    theme: file.theme,
    platforms: file.platforms,
    price: file.price.kind,
    priceDetail: file.price.detail,
    asked: Object.fromEntries(file.data_asked.map(({ permission, why }) => [permission, why])),
    retention: file.retention,
    site: file.site,
    privacy: file.privacy,
    redirects: file.redirect_uris.length > 0 ? file.redirect_uris : [""],
    isPublic: file.jwks === null,
    jwks: file.jwks === null ? "" : JSON.stringify(file.jwks, null, 2),
    attested: Object.fromEntries(file.attestations.map(({ kind, reference }) => [kind, reference])),
  };
}

export const askedOf = (typed: TypedApplication) => inOrder(Object.keys(typed.asked) as Permission[]);

const attestedOf = ({ attested }: TypedApplication) => ATTESTED.filter((kind) => attested[kind]?.trim());

/** The lines that hold an address, by their place. */
const redirectsOf = ({ redirects }: TypedApplication) =>
  redirects.flatMap((address, place) => (address.trim() ? [{ address: address.trim(), place }] : []));

/** Reads a key set; null when it is not JSON of an object. */
export function keysOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

export function bodyOf(typed: TypedApplication): ApplicationBody {
  return {
    name: typed.name.trim(),
    publisher: { name: typed.publisher.trim(), website: typed.website.trim() },
    purpose: typed.purpose.trim(),
    theme: typed.theme as Card["theme"],
    platforms: PLATFORMS.filter((one) => typed.platforms.includes(one)),
    price: { kind: typed.price, detail: typed.priceDetail.trim() },
    data_asked: askedOf(typed).map((permission) => ({ permission, why: typed.asked[permission]?.trim() ?? "" })),
    retention: typed.retention.trim(),
    site: typed.site.trim(),
    privacy: typed.privacy.trim(),
    attestations: attestedOf(typed).map((kind) => ({ kind, reference: typed.attested[kind]?.trim() ?? "" })),
    redirect_uris: redirectsOf(typed).map(({ address }) => address),
    jwks: typed.isPublic ? null : keysOf(typed.jwks),
  };
}

/** Only what is said otherwise than before. */
export function changesOf(typed: TypedApplication, file: ApplicationFile): Partial<ApplicationBody> {
  const [before, after] = [bodyOf(typedOf(file)), bodyOf(typed)];
  const names = (Object.keys(after) as (keyof ApplicationBody)[]).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  return Object.fromEntries(names.map((name) => [name, after[name]]));
}

const FIELDS: Record<string, string> = {
  "/name": "name",
  "/publisher/name": "publisher",
  "/publisher/website": "website",
  "/purpose": "purpose",
  "/theme": "theme",
  "/platforms": "platforms",
  "/price/detail": "priceDetail",
  "/retention": "retention",
  "/site": "site",
  "/privacy": "privacy",
  "/jwks": "jwks",
};

/** The field that a pointer of the server is about; the first one when it is about something else. */
export function fieldOf(pointer: string, typed: TypedApplication): string {
  const [, list = "", place = ""] = pointer.split("/");
  const index = Number(place);
  if (list === "redirect_uris") return `redirect-${redirectsOf(typed)[index]?.place ?? 0}`;
  if (list === "data_asked") return `why-${askedOf(typed)[index] ?? ""}`;
  if (list === "attestations") return `attested-${attestedOf(typed)[index] ?? ""}`;
  return FIELDS[pointer] ?? FIELDS[`/${list}`] ?? "name";
}
