/** Sending one file with its progress: XMLHttpRequest, because fetch does not report what is sent. */
import { depositPath } from "../api/carnet";
import { Offline, Problem, readProblem } from "../api/problem";
import { bearer, expire, refused, told } from "../api/session";
import type { CarnetDocument, DepositBody, PendingDocument } from "../api/types";
import { INLINE_BYTES, base64 } from "./file-facts";

export interface Sending {
  /** Called with what has left the device, between 0 and 1. */
  progress: (share: number) => void;
  signal: AbortSignal;
}

interface Call {
  method: "POST" | "PUT";
  path: string;
  body: XMLHttpRequestBodyInit;
  type: string;
  key?: string;
}

/** Nothing received for this long means that the network is gone. */
const SILENCE_MS = 45_000;

function once(call: Call, token: string, { progress, signal }: Sending): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    let silence: ReturnType<typeof setTimeout>;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => xhr.abort(), SILENCE_MS);
    };
    const abort = () => xhr.abort();
    xhr.open(call.method, call.path);
    xhr.setRequestHeader("Authorization", `Bearer ${token}`);
    xhr.setRequestHeader("Content-Type", call.type);
    xhr.setRequestHeader("Accept", "application/json, application/problem+json");
    if (call.key) xhr.setRequestHeader("Idempotency-Key", call.key);
    xhr.upload.addEventListener("progress", (event) => {
      heard();
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    xhr.addEventListener("loadend", () => {
      clearTimeout(silence);
      signal.removeEventListener("abort", abort);
      if (signal.aborted) reject(new DOMException("cancelled", "AbortError"));
      else if (xhr.status) resolve(xhr);
      else reject(new Offline());
    });
    signal.addEventListener("abort", abort);
    heard();
    xhr.send(call.body);
  });
}

/** Sends with a valid token, renewed once or awaited; raises Problem, Offline or AbortError. */
async function send<T>(call: Call, sending: Sending): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const token = await bearer();
    const xhr = await once(call, token, sending);
    if (xhr.status === 401 && tries < 2) {
      refused(token);
      if (tries === 1) expire("expired");
      continue;
    }
    if (xhr.status >= 400) {
      const body = readProblem(xhr.responseText);
      throw told(new Problem(xhr.status, body, (n) => xhr.getResponseHeader(n)));
    }
    return JSON.parse(xhr.responseText) as T;
  }
}

/** Seconds before the end of what began on the clock of the page, once there is something to judge by. */
export function timeLeft(began: number, share: number): number | null {
  const elapsed = (performance.now() - began) / 1000;
  return share > 0.02 && elapsed > 0.5 ? (elapsed * (1 - share)) / share : null;
}

/** Sends the bytes of a file as they are; the same key has one effect, however often it is tried. */
export const sendBytes = <T>(path: string, body: Uint8Array<ArrayBuffer>, key: string, sending: Sending): Promise<T> =>
  send<T>({ method: "POST", path, body, type: "application/octet-stream", key }, sending);

export type Description = Omit<DepositBody, "content" | "size_bytes">;

/**
 * Deposits a file in a record. The same key gives the same document, however often it is tried.
 * Up to 3 MiB it travels inside the description; above, raw, after it.
 */
export async function deposit(
  pid: string,
  file: Uint8Array<ArrayBuffer>,
  description: Description,
  key: string,
  sending: Sending,
): Promise<CarnetDocument> {
  const inline = file.length <= INLINE_BYTES;
  const body: DepositBody = {
    ...description,
    content: inline ? base64(file) : null,
    size_bytes: file.length,
  };
  const describe: Call = {
    method: "POST",
    path: depositPath(pid),
    body: JSON.stringify(body),
    type: "application/json",
    key,
  };
  if (inline) return send<CarnetDocument>(describe, sending);
  const silent = { ...sending, progress: () => undefined };
  const answer = await send<PendingDocument | CarnetDocument>(describe, silent);
  if (!("upload" in answer)) return answer;
  if (!("href" in answer.upload)) throw new TypeError("a long document goes in parts");
  return send<CarnetDocument>(
    { method: "PUT", path: answer.upload.href, body: file, type: "application/octet-stream" },
    sending,
  );
}
