/** One request to the API: bearer token, one new try after a renewal, problems as exceptions. */
import { Offline } from "./problem";
import { bearer, expire, fail, refused } from "./session";

export interface Answer<T> {
  data: T;
  etag: string | null;
}

export interface Options {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** API Gateway gives up after 29 s; waiting longer would hide a dead network. */
const TIMEOUT_MS = 30_000;

async function send(method: Method, path: string, token: string, options: Options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  const abort = () => stop.abort();
  options.signal?.addEventListener("abort", abort);
  try {
    return await fetch(path, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        Accept: "application/json, application/problem+json",
        ...(options.body === undefined ? {} : { "Content-Type": "application/json" }),
        ...options.headers,
      },
      body: options.body === undefined ? null : JSON.stringify(options.body),
      cache: "no-store",
      credentials: "same-origin",
      signal: stop.signal,
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Offline();
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", abort);
  }
}

/**
 * Sends a request with a valid token; a 401 renews the session and tries again.
 * Raises Problem, Offline, or AbortError when the caller's signal fires.
 */
export async function request(method: Method, path: string, options: Options = {}) {
  for (let tries = 0; ; tries += 1) {
    const token = await bearer();
    const response = await send(method, path, token, options);
    if (response.status !== 401 || tries === 2) return checked(response);
    refused(token);
    if (tries === 1) expire("expired");
  }
}

async function checked(response: Response): Promise<Response> {
  return response.ok ? response : fail(response);
}

/** Sends a request and reads its JSON answer. */
export async function call<T>(method: Method, path: string, options?: Options): Promise<Answer<T>> {
  const response = await request(method, path, options);
  const data = response.status === 204 ? null : await response.json();
  return { data: data as T, etag: response.headers.get("ETag") };
}
