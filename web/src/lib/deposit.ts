/** Depositing a file in a record, whole or in parts; a network that goes and comes back loses nothing. */
import { api, depositPath } from "../api/carnet";
import { Problem } from "../api/problem";
import type {
  CarnetDocument, DepositBody, DocumentProgress, PartsReceived, PartsTarget, PendingDocument, ProblemBody,
  SentDocument,
} from "../api/types";
import { INLINE_BYTES, base64 } from "./file-facts";
import { type Persistence, SOME_TRIES, pause, persist } from "./persist";
import { type Call, type Sending, send } from "./upload";

/** A slow line carries two parts well: one is on its way while the other is being answered. */
const AT_ONCE = 2;
const LOOKS_MS = [1000, 1000, 2000, 3000, 5000, 8000];

export type Description = Omit<DepositBody, "content" | "size_bytes">;

/** `progress` tells that a network that was cut is back. */
export interface Depositing extends Sending, Persistence {
  /** All of it has arrived, and is being inspected. */
  arrived: () => void;
}

/**
 * Deposits a file in a record. The same key gives the same document, however often it is tried, and
 * goes on from where it was. Up to 3 MiB the file travels inside the description; up to 4 MiB raw,
 * after it; above, in parts. Raises Problem or AbortError.
 */
export async function deposit(
  pid: string,
  file: Blob,
  description: Description,
  key: string,
  way: Depositing,
): Promise<CarnetDocument> {
  const inline = file.size <= INLINE_BYTES;
  const content = inline ? base64(new Uint8Array(await file.arrayBuffer())) : null;
  const body: DepositBody = { ...description, content, size_bytes: file.size };
  const describe: Call = {
    method: "POST",
    path: depositPath(pid),
    body: JSON.stringify(body),
    type: "application/json",
    key,
  };
  const sending = inline ? way : silently(way);
  const answer = await lasting<PendingDocument | CarnetDocument>(describe, sending, way, 1);
  if (!("upload" in answer)) return answer;
  if ("parts_href" in answer.upload) return inParts(pid, answer.id, answer.upload, file, key, way);
  return lasting<CarnetDocument>(
    { method: "PUT", path: answer.upload.href, body: file, type: "application/octet-stream" },
    way,
    way,
    1,
  );
}

const silently = ({ signal }: Sending): Sending => ({ signal, progress: () => undefined });

const lasting = <T>(call: Call, sending: Sending, way: Persistence, most = SOME_TRIES): Promise<T> =>
  persist(() => send<T>(call, sending), way, most);

async function inParts(pid: string, id: string, target: PartsTarget, file: Blob, key: string, way: Depositing) {
  while (!(await completed(target, file, key, way))) way.signal.throwIfAborted();
  way.arrived();
  return outcome(pid, id, way);
}

/** Sends what the server lacks, then says so; false when it lacks some of it still. */
async function completed(target: PartsTarget, file: Blob, key: string, way: Depositing): Promise<boolean> {
  const ask: Call = { method: "GET", path: target.parts_href };
  const { data: had, slug: gone } = await unless(["not-found"], lasting<PartsReceived>(ask, silently(way), way));
  if (gone || had?.status === "processing") return true;
  const known = new Map(had?.parts.map(({ number, size_bytes: size }) => [number, size]));
  const sent = await unless(["already-uploaded"], sendParts(target, file, known, way));
  if (sent.slug) return true;
  const end: Call = {
    method: "POST",
    path: target.complete_href,
    body: "{}",
    type: "application/json",
    key: `${key}-end`,
  };
  const { slug } = await unless(
    ["parts-missing", "already-uploaded"],
    lasting<SentDocument>(end, silently(way), way),
  );
  return slug !== "parts-missing";
}

/** What came, or which of these refusals it was. */
async function unless<T>(slugs: string[], work: Promise<T>): Promise<{ data?: T; slug?: string }> {
  try {
    return { data: await work };
  } catch (error) {
    if (error instanceof Problem && slugs.includes(error.slug)) return { slug: error.slug };
    throw error;
  }
}

/** Sends the parts that are not known, two at once; one that is refused leaves the others where they are. */
async function sendParts(target: PartsTarget, file: Blob, known: Map<number, number>, way: Depositing) {
  const gone = new Map(known);
  const tell = () => way.progress([...gone.values()].reduce((sum, size) => sum + size, 0) / file.size);
  const missing = Array.from({ length: target.parts }, (_, at) => at + 1).filter((number) => !known.has(number));
  tell();
  const carry = async () => {
    for (let number = missing.shift(); number; number = missing.shift()) {
      const at = number;
      const part = file.slice((at - 1) * target.part_bytes, at * target.part_bytes);
      const progress = (share: number) => {
        gone.set(at, share * part.size);
        tell();
      };
      const call: Call = {
        method: "PUT",
        path: `${target.parts_href}/${at}`,
        body: part,
        type: "application/octet-stream",
      };
      await lasting<null>(call, { signal: way.signal, progress }, way);
    }
  };
  const ends = await Promise.allSettled(
    Array.from({ length: AT_ONCE }, () =>
      carry().catch((error: unknown) => {
        missing.length = 0;
        throw error;
      }),
    ),
  );
  const refused = ends.find((end) => end.status === "rejected");
  if (refused) throw refused.reason;
}

/** Looks until the document is in the record, or refused. */
async function outcome(pid: string, id: string, way: Depositing): Promise<CarnetDocument> {
  const { signal } = way;
  for (let looks = 0; ; looks += 1) {
    const found = await persist(() => api.sent(pid, id, signal), way);
    if ("title" in found) return found;
    if (found.refusal) throw refusal(found.refusal);
    way.arrived();
    await pause(LOOKS_MS[looks] ?? 10_000, signal);
    signal.throwIfAborted();
  }
}

/** What would have been answered to a file sent whole. */
function refusal({ reason, explanation, errors: all, document_id: twin }: NonNullable<DocumentProgress["refusal"]>) {
  const errors = all as NonNullable<ProblemBody["errors"]>;
  const type = reason === "already-deposited" ? "/problems/already-deposited" : "/problems/document-refused";
  return new Problem(422, { type, detail: explanation, errors, ...(twin && { document_id: twin }) }, () => null);
}
