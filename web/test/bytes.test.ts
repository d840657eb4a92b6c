import { expect, test } from "vitest";
import { pour } from "../src/api/bytes";
import { Offline, Tampered } from "../src/api/problem";

const of = (...parts: number[][]) =>
  new Response(
    new ReadableStream({
      start(stream) {
        for (const part of parts) stream.enqueue(new Uint8Array(part));
        stream.close();
      },
    }),
  );

test("an answer fills its place and says how far it is", async () => {
  const whole = new Uint8Array(5);
  const told: number[] = [];
  await pour(of([1, 2], [3]), whole, [1, 4], { onRead: (bytes) => told.push(bytes) });
  expect([...whole]).toEqual([0, 1, 2, 3, 0]);
  expect(told).toEqual([3, 4]);
});

test.each([[[[1, 2, 3, 4]]], [[[1]]]])("an answer of another length is not the file: %j", async (parts) => {
  await expect(pour(of(...parts), new Uint8Array(3), [0, 3], {})).rejects.toThrow(Tampered);
});

test("a line that is cut is said to be", async () => {
  const cut = new Response(new ReadableStream({ start: (stream) => stream.error(new TypeError("network")) }));
  await expect(pour(cut, new Uint8Array(3), [0, 3], {})).rejects.toThrow(Offline);
});

test("who leaves stops what was on its way", async () => {
  let stopped = false;
  const stop = new AbortController();
  const endless = new Response(
    new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(1)), cancel: () => void (stopped = true) }),
  );
  const onRead = (bytes: number) => bytes === 3 && stop.abort();
  const pouring = pour(endless, new Uint8Array(9), [0, 9], { signal: stop.signal, onRead });
  await expect(pouring).rejects.toHaveProperty("name", "AbortError");
  expect(stopped).toBe(true);
});
