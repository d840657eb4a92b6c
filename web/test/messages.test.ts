// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import type { ConversationLine, Message, MessagePage } from "../src/api/types";
import { searched } from "../src/ui/conversation-list";
import { roleOf } from "../src/ui/conversation-row";
import { bodyErrors } from "../src/ui/reply-box";
import { matches } from "../src/lib/fold";
import { type JoinedFile, isBlank, isOver, lengthOf } from "../src/lib/message-draft";
import { byDay, joined, refreshed } from "../src/lib/thread";
import { isUnread, saidRead, sayUnread, unreadConversations } from "../src/lib/unread";

vi.mock("../src/ui/pdf-view", () => ({ default: () => null }));

const message = (id: string, at = "2026-11-23T10:00:00Z", body = id): Message => ({
  id, sent_at: at, body, state: "sent", attachments: [],
  sender: { side: "patient", is_you: true, name: "X", on_behalf_of: null, profession: null, organisation: null },
});
const run = (...ids: string[]) => ids.map((id) => message(id));
const page = (next: string | null, ...ids: string[]): MessagePage =>
  ({ conversation: { id: "c" }, items: run(...ids), next }) as unknown as MessagePage;
const idsOf = (messages: Message[]) => messages.map(({ id }) => id).join("");

const line = (last: string, unread = true) => ({ id: "c1", last_at: last, unread });

describe("a thread", () => {
  it("puts earlier messages before, each once, as the later run says them", () => {
    const later = [message("b", undefined, "new"), ...run("c")];
    const all = joined(run("a", "b"), later);
    expect(idsOf(all)).toBe("abc");
    expect(all[1]?.body).toBe("new");
    expect(idsOf(joined([], later))).toBe("bc");
  });

  it("keeps what was read before when the newest page is read again", () => {
    const old = refreshed(null, page("p1", "c", "d"));
    expect([idsOf(old.messages), old.next]).toEqual(["cd", "p1"]);
    const wider = { ...old, messages: joined(run("a", "b"), old.messages), next: null };
    const again = refreshed(wider, page("p2", "d", "e"));
    expect([idsOf(again.messages), again.next]).toEqual(["abcde", null]);
  });

  it("starts again when nothing meets: no message between the two is passed over", () => {
    const old = refreshed(null, page(null, "a", "b"));
    const far = refreshed(old, page("p9", "y", "z"));
    expect([idsOf(far.messages), far.next]).toEqual(["yz", "p9"]);
  });

  it("is cut by days as they are in Paris", () => {
    const days = byDay([message("a", "2026-11-23T22:59:00Z"), message("b", "2026-11-23T23:01:00Z")]);
    expect(days.map(([day, some]) => [day, idsOf(some)])).toEqual([["2026-11-23", "a"], ["2026-11-24", "b"]]);
  });
});

describe("what is not read", () => {
  it("is the sum of what each list said last, and goes down once read here", () => {
    sayUnread("own", 2);
    sayUnread("team", 3);
    expect(unreadConversations.value).toBe(5);
    sayUnread("own", 4);
    expect(unreadConversations.value).toBe(7);
    saidRead(line("2026-11-23T10:00:00Z"), "own");
    saidRead(line("2026-11-23T10:00:00Z"), "own");
    expect(unreadConversations.value).toBe(6);
    saidRead(line("2026-11-23T11:00:00Z"), "never said");
    expect(unreadConversations.value).toBe(6);
  });

  it("is no longer so in a list drawn before, until something else is written", () => {
    saidRead(line("2026-11-24T10:00:00Z"), "x");
    expect(isUnread(line("2026-11-24T10:00:00Z"))).toBe(false);
    expect(isUnread(line("2026-11-24T10:00:01Z"))).toBe(true);
    expect(isUnread(line("2026-11-24T10:00:01Z", false))).toBe(false);
  });
});

describe("a message being written", () => {
  it("is counted as the server does: an emoji is one character", () => {
    expect(lengthOf("é👍")).toBe(2);
    expect(bodyErrors("👍".repeat(5000))).toEqual([]);
    expect(bodyErrors("👍".repeat(5001))[0]?.text).toMatch(/1\u00a0caractère de trop/);
  });

  it("says that blank is nothing", () => {
    expect(bodyErrors(" \n\t")[0]?.id).toBe("body");
    const blank = { subject: "", body: "", asTeam: false, attachments: [], key: "k" };
    expect(isBlank(blank)).toBe(true);
    expect(isBlank({ ...blank, body: " " })).toBe(false);
    expect(isBlank({ ...blank, asTeam: true })).toBe(false);
  });
});

describe("a file joined to a draft", () => {
  const file: JoinedFile = { id: "f", name: "a.txt", format: "text/plain", size_bytes: 1, since: 1_000 };
  const MINUTE = 60_000;

  it("is to be joined again after fifty minutes, and when nothing says since when it waits", () => {
    expect(isOver(file, 1_000 + 50 * MINUTE - 1)).toBe(false);
    expect(isOver(file, 1_000 + 50 * MINUTE)).toBe(true);
    expect(isOver({ ...file, since: undefined as unknown as number }, 0)).toBe(true);
  });
});

describe("a conversation", () => {
  const of = {
    id: "c", subject: "Résultats", patient_name: "Dominique PAT", status: "open", last_at: "", unread: false,
    correspondent: { kind: "team", name: "Labo", profession: null, organisation: "Labo" },
  } as ConversationLine;

  it("is found by subject and names; a person's own name finds nothing to herself", () => {
    expect(matches("resultats labo", searched(of, "patient"))).toBe(true);
    expect(matches("dominique", searched(of, "patient"))).toBe(false);
    expect(matches("dominique", searched(of, "professional"))).toBe(true);
  });

  it("does not say the name of a team twice", () => {
    expect(roleOf(of.correspondent)).toBe("");
    expect(roleOf({ name: "Dr X", profession: "Médecin", organisation: "Labo" })).toBe("Médecin, Labo");
  });
});
