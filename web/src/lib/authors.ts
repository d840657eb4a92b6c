/** Authors met in the lists of a record, by their reference: in the memory of this page only. */
import type { CarnetDocument } from "../api/types";
import { typo } from "./typo.ts";

const met = new Map<string, Map<string, string>>();

/** Notes who wrote these documents, and gives everybody met so far, by name. */
export function authorsMet(pid: string, docs: readonly CarnetDocument[]): { code: string; label: string }[] {
  const known = met.get(pid) ?? new Map<string, string>();
  met.set(pid, known);
  for (const { author } of docs) {
    const name = author.name ?? author.organisation;
    if (author.ref && name) known.set(author.ref, typo(name));
  }
  return [...known]
    .map(([code, label]) => ({ code, label }))
    .toSorted((a, b) => a.label.localeCompare(b.label, "fr"));
}
