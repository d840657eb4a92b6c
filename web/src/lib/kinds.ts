/**
 * Categories and types of documents. Codes are those of the API; in the address bar a category is
 * a number, because a word such as « biologie » would say something of somebody's health.
 */
import type { Role } from "../api/types";
import { catalogue } from "../catalogue";
import { typo } from "./typo.ts";

/** Position = the number in the address; add at the end, never reorder. */
export const CATEGORIES = [
  "CPT_REND", "BIOLOGIE", "RADIO_SC", "ORD_SOIN", "SYNTHESE", "CAR_VAC", "DEPISTAG", "CERT_MED",
  "DOC_ADM", "DIR_ANT", "VDP", "QUEST_SANTE", "REMB", "SYNTH_PML", "AUTR_DOC",
] as const;

export type Category = (typeof CATEGORIES)[number];

export const categoryNumber = (code: string) => CATEGORIES.indexOf(code as Category) + 1;

/** The category of a number in the address; null when there is none. */
export const categoryOf = (number: string | null): Category | null =>
  CATEGORIES[Number(number) - 1] ?? null;

export const categoryLabel = (code: Category) => catalogue.categories[code];

export interface TypeChoice {
  code: string;
  label: string;
}

const choices = <T extends Record<string, string>>(labels: T): TypeChoice[] =>
  Object.entries(labels).map(([code, label]) => ({ code, label }));

/** What a person deposits: the types that the national list keeps for patients. */
export const personTypes = () => choices(catalogue.personTypes);

/** What a professional deposits most. */
export const professionalTypes = () => choices(catalogue.professionalTypes);

const PLAIN: Record<string, string> = { ...catalogue.personTypes, ...catalogue.plainTypes };

/** How a type is named to whoever reads: in plain words to a person, officially to a professional. */
export const typeName = ({ code, label }: TypeChoice, role: Role | undefined) =>
  (role === "professional" ? undefined : PLAIN[code]) ?? typo(label);

const FAMILY_PERSON: Record<string, string> = {
  prescription: "DOCPAT02",
  imaging: "DOCPAT04",
  biology: "DOCPAT05",
  prevention: "DOCPAT06",
  certificate: "DOCPAT07",
  administrative: "DOCPAT09",
  directives: "EXPPAT_3",
  report: "DOCPAT03",
};

const FAMILY_PROFESSIONAL: Record<string, string> = {
  prescription: "57833-6",
  imaging: "18748-4",
  biology: "11502-2",
  certificate: "89601-9",
  report: "11488-4",
};

/** The type proposed for a file whose name speaks of a family of documents; empty when unsure. */
export const typeFor = (family: string | null, role: "patient" | "professional") =>
  (family && (role === "patient" ? FAMILY_PERSON : FAMILY_PROFESSIONAL)[family]) || "";
