/**
 * Checks, in the browser of the person, that her history is whole: nothing removed, altered, moved
 * or cut (D6). Written from the format alone (`tools/verify_trace.py` says it and is the other
 * witness); nothing is taken from the service but the proof and the keys under judgement.
 */
import type { Checkpoint, Proof, SealedTrace, SealingKey } from "../api/types";

export type Finding =
  | "missing" | "extra" | "order" | "repeated" | "chain" | "root" | "signature" | "key" | "gone"
  | "altered" | "rolled-back" | "forked" | "cut-off" | "archive" | "unproven" | "late"
  | "unreadable";

/** What is kept of a history found whole: no more than its length and its hash. */
export interface Head {
  size: number;
  root: string;
}

export interface Checked {
  findings: Finding[];
  /** How many accesses are sealed and were checked. */
  size: number;
  sealedAt: string | null;
  /** Accesses too recent to have a place, and for how many seconds the oldest has waited. */
  waiting: number;
  lagSeconds: number;
  /** Objects of the locked archive that the service did not write; they were passed by. */
  strangers: number;
  /** Null unless the history is whole. */
  head: Head | null;
}

interface Subject {
  /** The record asked for: the signature must be about this one, whatever the pages say. */
  patient: string;
  keys: SealingKey[];
  seen: Head | null;
  progress?: (share: number) => void;
}

type Bytes = Uint8Array<ArrayBuffer>;

const MOST_LAG_SECONDS = 600;
const AUDIENCE = "general";
const STEP = 100;
const text = new TextEncoder();

export const hex = (bytes: Bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function fromHex(value: string): Bytes {
  if (!/^(?:[0-9a-f]{2})*$/.test(value)) throw new TypeError("not hexadecimal");
  return Uint8Array.from(value.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const fromBase64 = (value: string): Bytes =>
  Uint8Array.from(atob(value.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.codePointAt(0) ?? 0);

export async function digest(...parts: Bytes[]): Promise<Bytes> {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

/** The Merkle tree hash of leaves already hashed (RFC 9162, 2.1.1). */
export async function treeHash(leaves: Bytes[]): Promise<Bytes> {
  const [only] = leaves;
  if (!only) return digest();
  if (leaves.length === 1) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [await treeHash(leaves.slice(0, split)), await treeHash(leaves.slice(split))];
  return digest(Uint8Array.of(1), left, right);
}

/** Raises for answers that are not proofs at all; `check` turns it into a finding. */
async function findAll(pages: Proof[], subject: Subject): Promise<Checked> {
  const [first] = pages;
  if (!first) throw new TypeError("no page");
  const { checkpoint, archived } = first;
  const lagSeconds = Math.max(...pages.map((page) => page.lag_seconds));
  const size = checkpoint ? count(checkpoint.size) : 0;
  const items = pages.flatMap((page) => page.items).filter(({ seq }) => !checkpoint || count(seq) < size);
  const findings = new Set<Finding>();
  if (!(lagSeconds <= MOST_LAG_SECONDS)) findings.add("late");
  checkPlaces(items, size, findings);
  const leaves = await checkChain(items, findings, subject.progress);
  const root = hex(await treeHash(leaves));
  if (checkpoint) {
    if (root !== checkpoint.root) findings.add("root");
    const refused = await checkSignature(checkpoint, subject);
    if (refused) findings.add(refused);
  }
  if (archived) {
    const refused = await checkSignature(archived, subject);
    if (refused) findings.add(refused);
    const lost = await compare(leaves, { ...archived, size: count(archived.size) });
    if (lost) findings.add(lost === "shorter" ? "cut-off" : "archive");
  }
  if (items.some((item) => item.archived.some((leaf) => leaf !== item.leaf))) findings.add("archive");
  const strangers = pages.flatMap((page) => page.strangers);
  if (strangers.some((one) => hides(one, leaves)) || (strangers.length > 0 && !archived)) findings.add("unproven");
  if (subject.seen) {
    const lost = await compare(leaves, subject.seen);
    if (lost) findings.add(lost === "shorter" ? "rolled-back" : "forked");
  }
  const whole = findings.size === 0 && checkpoint !== null;
  return {
    findings: [...findings],
    size,
    sealedAt: checkpoint?.sealed_at ?? null,
    waiting: first.unsealed.length,
    lagSeconds,
    strangers: strangers.length,
    head: whole ? { size, root } : null,
  };
}

/** Says all that is wrong with a history; nothing wrong is no finding. Never raises. */
export async function check(pages: Proof[], subject: Subject): Promise<Checked> {
  try {
    return await findAll(pages, subject);
  } catch {
    const nothing = { size: 0, sealedAt: null, waiting: 0, lagSeconds: 0, strangers: 0, head: null };
    return { ...nothing, findings: ["unreadable"] };
  }
}

function count(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError("not a number of places");
  return value;
}

function checkPlaces(items: SealedTrace[], size: number, findings: Set<Finding>) {
  if (items.length < size) findings.add("missing");
  if (items.length > size) findings.add("extra");
  if (items.some(({ seq }, place) => seq !== place)) findings.add("order");
  if (new Set(items.map((item) => item.trace_id)).size !== items.length) findings.add("repeated");
}

/** Computes every leaf from the commitments alone, and every commitment from its trace. */
async function checkChain(items: SealedTrace[], findings: Set<Finding>, progress?: (share: number) => void) {
  const leaves: Bytes[] = [];
  let previous: Bytes = new Uint8Array(32);
  for (const item of items) {
    const place = new Uint8Array(8);
    new DataView(place.buffer).setBigUint64(0, BigInt(item.seq));
    const bound = [place, text.encode(item.trace_id), fromHex(item.commitment), previous];
    previous = await digest(Uint8Array.of(0), ...bound);
    leaves.push(previous);
    if (hex(previous) !== item.leaf) findings.add("chain");
    if (item.trace === null) findings.add("gone");
    else if (!(await isCommitted(item, item.trace))) findings.add("altered");
    if (leaves.length % STEP === 0) progress?.(leaves.length / items.length);
  }
  return leaves;
}

async function isCommitted(item: SealedTrace, trace: Record<string, string | null>): Promise<boolean> {
  const entries = Object.keys(trace).toSorted().map((key) => `${JSON.stringify(key)}:${JSON.stringify(trace[key])}`);
  const hashed = await digest(Uint8Array.of(0), text.encode(`{${entries.join(",")}}`));
  return hex(hashed) === item.commitment && trace["id"] === item.trace_id;
}

async function checkSignature(checkpoint: Checkpoint, { patient, keys }: Subject): Promise<Finding | null> {
  const key = keys.find(({ kid }) => kid === checkpoint.key_id);
  if (!key) return "key";
  const { size, root, sealed_at: sealedAt } = checkpoint;
  const lines = ["carnet/trace/1", patient, AUDIENCE, String(size), root, sealedAt, ""];
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const jwk = { kty: "EC", crv: "P-256", x: key.x ?? "", y: key.y ?? "" };
  try {
    const known = await crypto.subtle.importKey("jwk", jwk, curve, false, ["verify"]);
    const signed = text.encode(lines.join("\n"));
    const rule = { name: "ECDSA", hash: "SHA-256" };
    return (await crypto.subtle.verify(rule, known, fromBase64(checkpoint.signature), signed)) ? null : "signature";
  } catch {
    return "signature"; // a key or a signature that is not one
  }
}

/** Tells whether an archived object that is no head may stand for one of ours. */
function hides({ seq, leaf, is_read: isRead }: Proof["strangers"][number], leaves: Bytes[]): boolean {
  const ours = seq === null ? undefined : leaves[count(seq)];
  return !isRead || (ours !== undefined && hex(ours) === leaf);
}

/** Requires that this history begins with one known otherwise: seen here before, or archived. */
async function compare(leaves: Bytes[], known: Head): Promise<"shorter" | "other" | null> {
  if (leaves.length < known.size) return "shorter";
  return hex(await treeHash(leaves.slice(0, known.size))) === known.root ? null : "other";
}
