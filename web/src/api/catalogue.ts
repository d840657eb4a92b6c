/** The catalogue of applications: public, read without saying who reads, and kept by the browser. */
import { Offline, Problem, readProblem } from "./problem";
import type { Card } from "./types";

async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    const headers = { Accept: "application/json, application/problem+json" };
    response = await fetch(path, { headers, credentials: "omit", ...(signal ? { signal } : {}) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Offline();
  }
  if (response.ok) return (await response.json()) as T;
  throw new Problem(response.status, readProblem(await response.text()), (name) => response.headers.get(name));
}

/** Those of one state; without one, what is online or suspended. */
const list = async (state: Card["state"] | null, signal?: AbortSignal) =>
  (await read<{ items: Card[] }>(`/v1/catalogue${state ? `?state=${state}` : ""}`, signal)).items;

export const catalogueApi = {
  list,

  /** Found in the whole list, which this browser keeps: only what is not there is asked for by its id. */
  one: async (id: string, signal?: AbortSignal) =>
    (await list(null, signal)).find((card) => card.id === id) ??
    (await read<Card>(`/v1/catalogue/${encodeURIComponent(id)}`, signal)),
};
