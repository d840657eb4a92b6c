/** What can go wrong between the screens and the server, as types a screen can show. */
import type { ProblemBody } from "./types";

/** The server refused, and said why. */
export class Problem extends Error {
  readonly status: number;
  readonly body: ProblemBody;
  /** Identifies the request in the logs: what a person reads out to the help line. */
  readonly requestId: string | null;
  readonly retryAfter: number | null;

  constructor(status: number, body: ProblemBody, headers: (name: string) => string | null) {
    super(body.title ?? `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.body = body;
    this.requestId = headers("X-Request-Id");
    this.retryAfter = Number(headers("Retry-After")) || null;
  }

  get slug(): string {
    return this.body.type?.split("/").at(-1) ?? "";
  }
}

/** The network did not carry the request or its answer. */
export class Offline extends Error {
  constructor() {
    super("offline");
    this.name = "Offline";
  }
}

/** The file received is not the one that was deposited. */
export class Tampered extends Error {
  constructor() {
    super("tampered");
    this.name = "Tampered";
  }
}

/** Reads a problem body; anything else than JSON becomes an empty body. */
export function readProblem(text: string): ProblemBody {
  try {
    const body: unknown = JSON.parse(text);
    return body !== null && typeof body === "object" ? body : {};
  } catch {
    return {};
  }
}
