// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Offline, Problem } from "../src/api/problem";
import { type Call, send } from "../src/lib/upload";

vi.mock("../src/lib/upload", () => ({ send: vi.fn() }));
vi.mock("../src/api/carnet", () => ({ api: { sent: vi.fn() }, depositPath: () => "/documents" }));

const MIB = 1024 * 1024;
const FILE = new Blob([new Uint8Array(17 * MIB)]);
const TARGET = { parts_href: "/d/parts", part_bytes: 4 * MIB, parts: 5, complete_href: "/d/complete", expires_at: "" };
const AVAILABLE = { id: "d", title: "Bilan" };
const refused = (slug: string, status = 409) =>
  new Problem(status, { type: `/problems/${slug}` } as ConstructorParameters<typeof Problem>[1], () => null);

/** A server that has some parts; `fails` says what goes wrong, once each. */
function server(had: number[], fails: Record<string, Error[]> = {}) {
  const said: string[] = [];
  let under = 0;
  let most = 0;
  vi.mocked(send).mockImplementation(async (call: Call) => {
    const name = `${call.method} ${call.path}`;
    under += 1;
    most = Math.max(most, under);
    await new Promise((resolve) => setTimeout(resolve, 1));
    under -= 1;
    said.push(name);
    const wrong = fails[name]?.shift();
    if (wrong) throw wrong;
    if (name === "POST /documents") return { id: "d", status: "pending", upload: TARGET };
    if (name === "GET /d/parts")
      return { status: "pending", parts: had.map((number) => ({ number, size_bytes: 4 * MIB, sha256: "" })) };
    if (call.method === "PUT") had.push(Number(call.path.split("/").at(-1)));
    return { id: "d", status: "processing" };
  });
  return { said, most: () => most, puts: () => said.filter((name) => name.startsWith("PUT")).toSorted() };
}

async function deposited(answers: unknown[] = [AVAILABLE]) {
  const { deposit } = await import("../src/lib/deposit");
  const { api } = await import("../src/api/carnet");
  for (const answer of answers) vi.mocked(api.sent).mockResolvedValueOnce(answer as never);
  const way = { progress: vi.fn(), cut: vi.fn(), arrived: vi.fn(), signal: new AbortController().signal };
  const description = { sha256: "0".repeat(64) } as Parameters<typeof deposit>[2];
  const done = deposit("p", FILE, description, "key-0001", way);
  done.catch(() => undefined); // it is looked at once the clock has run
  await vi.runAllTimersAsync();
  return { way, done };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

describe("a document sent in parts", () => {
  it("sends two parts at once at most, says the end, and waits for what is said of it", async () => {
    const asked = server([]);
    const { way, done } = await deposited([{ status: "processing", refusal: null }, AVAILABLE]);
    expect(await done).toBe(AVAILABLE);
    expect(asked.puts()).toEqual([1, 2, 3, 4, 5].map((number) => `PUT /d/parts/${number}`));
    expect(asked.most()).toBe(2);
    expect(asked.said.at(-1)).toBe("POST /d/complete");
    expect(way.arrived).toHaveBeenCalled();
  });

  it("sends only what the server lacks", async () => {
    const asked = server([1, 3, 5]);
    expect(await (await deposited()).done).toBe(AVAILABLE);
    expect(asked.puts()).toEqual(["PUT /d/parts/2", "PUT /d/parts/4"]);
  });

  it("sends the missing ones again when the server has lost some", async () => {
    const asked = server([1, 2, 3, 4, 5], { "POST /d/complete": [refused("parts-missing")] });
    expect(await (await deposited()).done).toBe(AVAILABLE);
    expect(asked.said.filter((name) => name === "GET /d/parts")).toHaveLength(2);
  });

  it("goes on by itself after a cut, and tells it", async () => {
    const asked = server([], { "PUT /d/parts/2": [new Offline(), new Offline()], "POST /d/complete": [new Offline()] });
    const { way, done } = await deposited();
    expect(await done).toBe(AVAILABLE);
    expect(way.cut).toHaveBeenCalledTimes(3);
    expect(asked.puts().filter((name) => name.endsWith("2"))).toHaveLength(3);
  });

  it("is known when it was completed before, or is in the record already", async () => {
    const asked = server([], { "GET /d/parts": [refused("not-found", 404)] });
    expect(await (await deposited()).done).toBe(AVAILABLE);
    expect(asked.puts()).toEqual([]);
  });

  it("stops at the first refusal of a part", async () => {
    const asked = server([], { "PUT /d/parts/1": [refused("forbidden", 403)] });
    await expect((await deposited()).done).rejects.toMatchObject({ status: 403 });
    expect(asked.puts()).not.toContain("PUT /d/parts/5");
  });

  it("is refused in the words of the server after its analysis", async () => {
    server([1, 2, 3, 4, 5]);
    const refusal = { reason: "pdf_active_content", explanation: "Ce PDF agit.", errors: [], document_id: null };
    const { done } = await deposited([{ status: "refused", refusal }]);
    await expect(done).rejects.toMatchObject({ slug: "document-refused", body: { detail: "Ce PDF agit." } });
  });
});
