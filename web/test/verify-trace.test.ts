// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { api } from "../src/api/carnet";
import type { Proof, SealingKey } from "../src/api/types";
import { keep, recall } from "../src/lib/seen-history";
import { verifyHistory } from "../src/lib/verify-history";
import { check, treeHash } from "../src/lib/verify-trace";
import made from "./vectors/histories.json";

interface Case {
  pages: Proof[];
  seen: Proof[] | null;
  findings: string[];
}

const cases = Object.entries(made.cases as unknown as Record<string, Case>);
const patient = made.patient;
const keys = made.keys as SealingKey[];
const pagesOf = (name: string) => structuredClone((made.cases as unknown as Record<string, Case>)[name]?.pages ?? []);
const headOf = (pages: Proof[] | null) => {
  const found = pages?.[0]?.checkpoint;
  return found ? { size: found.size, root: found.root } : null;
};
const findings = async (pages: Proof[], about = patient) =>
  (await check(pages, { patient: about, keys, seen: null })).findings;

const hash = async (...parts: number[]) => new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(parts)));

const serve = (pages: Proof[]) => {
  vi.spyOn(api, "sealingKeys").mockResolvedValue(keys);
  const asked = vi.spyOn(api, "traceProof");
  for (const page of pages) asked.mockResolvedValueOnce(page);
  return asked;
};
const verify = () => verifyHistory(patient, () => undefined, new AbortController().signal);

describe("a history made by the service", () => {
  it.each(cases)("%s: the findings are those of the other witness", async (_, { pages, seen, findings: told }) => {
    const found = await check(pages, { patient, keys, seen: headOf(seen) });
    expect(found.findings.toSorted()).toEqual(told);
    expect(found.head).toEqual(told.length ? null : headOf(pages));
  });

  it("says how many accesses wait", async () => {
    const found = await check(pagesOf("waiting"), { patient, keys, seen: null });
    expect(found.waiting).toBeGreaterThan(0);
  });

  it("of somebody else is not hers, whatever the pages say", async () => {
    expect(await findings(pagesOf("whole"), "3X2WEJYTWTJH7AFRYVJBBK29C7")).toEqual(["signature"]);
  });

  it("altered in any one value is found out", async () => {
    for (const name of ["seq", "trace_id", "commitment", "leaf", "trace"] as const) {
      for (const place of pagesOf("whole")[0]?.items.keys() ?? []) {
        const pages = pagesOf("whole");
        const item = pages[0]?.items[place] as Record<string, unknown>;
        const value = item[name];
        if (typeof value === "number") item[name] = value + 1;
        else if (typeof value === "string") item[name] = (value.startsWith("0") ? "1" : "0") + value.slice(1);
        else item[name] = { ...(value as object), at: "2020-01-01T00:00:00.000Z" };
        expect(await findings(pages), `${name} ${place}`).not.toEqual([]);
      }
    }
    for (const name of ["root", "sealed_at", "signature", "key_id", "size"] as const) {
      const pages = pagesOf("whole");
      const checkpoint = pages[0]?.checkpoint as unknown as Record<string, unknown>;
      const value = checkpoint[name];
      checkpoint[name] = typeof value === "number" ? value + 1 : `${String(value).startsWith("0") ? 1 : 0}${String(value).slice(1)}`;
      expect(await findings(pages), name).not.toEqual([]);
    }
  });

  it("that is none, or nonsense, is never said to be whole", async () => {
    const hostile = [[], [null], [{}], [{ ...pagesOf("whole")[0], items: [{ seq: "0" }] }]];
    for (const pages of hostile) expect(await findings(pages as unknown as Proof[])).toEqual(["unreadable"]);
  });

  it("is compared with the head and the leaves of the locked archive", async () => {
    const archivedIn = (name: string, head: Proof[], leaf: string | null = null) => {
      const pages = pagesOf(name);
      Object.assign(pages[0] as Proof, { archived: head[0]?.checkpoint ?? null });
      for (const item of pages[0]?.items ?? []) item.archived = [leaf ?? item.leaf];
      return findings(pages);
    };
    const whole = pagesOf("whole");
    const forged = pagesOf("whole");
    Object.assign(forged[0]?.checkpoint as object, { sealed_at: "2020-01-01T00:00:00.000Z" });
    expect(await archivedIn("whole", pagesOf("rolled back"))).toEqual([]);
    expect(await archivedIn("rolled back", whole)).toEqual(["cut-off"]);
    expect(await archivedIn("written again since", whole)).toEqual(["archive"]);
    expect(await archivedIn("whole", whole, "0".repeat(64))).toEqual(["archive"]);
    expect(await archivedIn("whole", forged)).toEqual(["signature"]);
  });

  it("is late when any page says so", async () => {
    const [page] = pagesOf("whole") as [Proof];
    expect(await findings([page, { ...page, items: [], lag_seconds: 601 }])).toEqual(["late"]);
  });

  it("with no seal yet is empty, unless something was seen before", async () => {
    const none = pagesOf("whole");
    for (const page of none) Object.assign(page, { checkpoint: null, archived: null, items: [] });
    expect(await findings(none)).toEqual([]);
    const seen = headOf(pagesOf("whole"));
    expect((await check(none, { patient, keys, seen })).findings).toEqual(["rolled-back"]);
  });

  it("has the root that RFC 9162 gives to three leaves", async () => {
    const [a, b, c] = [await hash(1), await hash(2), await hash(3)];
    const left = await hash(1, ...a, ...b);
    expect(await treeHash([a, b, c])).toEqual(await hash(1, ...left, ...c));
  });
});

describe("the memory of a device", () => {
  afterEach(() => {
    localStorage.clear();
    vi.restoreAllMocks();
  });

  it("holds a number and a hash, under a key that names nobody", async () => {
    await keep(patient, { size: 10, root: "0a".repeat(32) });
    const [key] = Object.keys(localStorage);
    expect(key).toMatch(/^carnet\.history\.[0-9a-f]{32}$/);
    expect(localStorage.getItem(key ?? "")).toBe(`10 ${"0a".repeat(32)}`);
    expect(await recall(patient)).toEqual({ size: 10, root: "0a".repeat(32) });
    expect(await recall("3X2WEJYTWTJH7AFRYVJBBK29C7")).toBeNull();
  });

  it("finds that the service went back to yesterday, and keeps what it knew", async () => {
    serve(pagesOf("whole"));
    expect(await verify()).toMatchObject({ findings: [], compared: false });
    const known = await recall(patient);
    serve(pagesOf("rolled back"));
    expect(await verify()).toMatchObject({ findings: ["rolled-back"], compared: true });
    expect(await recall(patient)).toEqual(known);
  });

  it("a page that brings nothing ends the reading", async () => {
    const [page] = pagesOf("whole") as [Proof];
    const asked = serve([{ ...page, items: page.items.slice(0, 4), next: "a" }, { ...page, items: [], next: "b" }]);
    expect((await verify()).findings).toContain("missing");
    expect(asked).toHaveBeenCalledTimes(2);
  });
});
