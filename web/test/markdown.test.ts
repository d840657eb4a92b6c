import { describe, expect, it } from "vitest";
import depositing from "../../docs/depositing.md?raw";
import { type Block, type Span, blocks, spans } from "../src/lib/markdown";

const guide = blocks(depositing);

const words = (block: Block): Span[] => {
  if (block.kind === "code") return [];
  if (block.kind === "list") return block.items.flat();
  if (block.kind === "table") return [...block.head.flat(), ...block.rows.flat(2)];
  return block.spans;
};

describe("a guide", () => {
  it("is read in its styles", () => {
    expect(spans("a `b` **c** [`d`](e).")).toEqual([
      { kind: "plain", text: "a " },
      { kind: "code", text: "b" },
      { kind: "plain", text: " " },
      { kind: "strong", text: "c" },
      { kind: "plain", text: " " },
      { kind: "link", text: "d", href: "e" },
      { kind: "plain", text: "." },
    ]);
  });

  it("keeps code, lists and tables whole", () => {
    expect(blocks("# T\n\na\nb\n\n- one\n  more\n- two\n\n```sh\nx | y\n\nz\n```\n\n| h | i |\n|---|---|\n| j | k |\n")).toEqual([
      { kind: "title", level: 1, spans: [{ kind: "plain", text: "T" }] },
      { kind: "paragraph", spans: [{ kind: "plain", text: "a b" }] },
      { kind: "list", items: [[{ kind: "plain", text: "one more" }], [{ kind: "plain", text: "two" }]] },
      { kind: "code", text: "x | y\n\nz" },
      {
        kind: "table",
        head: [[{ kind: "plain", text: "h" }], [{ kind: "plain", text: "i" }]],
        rows: [[[{ kind: "plain", text: "j" }], [{ kind: "plain", text: "k" }]]],
      },
    ]);
  });

  it("of integrators leaves no mark of its own unread", () => {
    const plain = guide.flatMap(words).filter((span) => span.kind === "plain");
    expect(plain.filter((span) => /[`|]|\*\*|\]\(|^#/.test(span.text))).toEqual([]);
    expect(guide.filter((one) => one.kind === "code").length).toBeGreaterThan(4);
    const tables = guide.flatMap((one) => (one.kind === "table" ? [one] : []));
    expect(tables.flatMap((one) => one.rows.map((row) => row.length)).every((n) => n === 4)).toBe(true);
    expect(tables[0]?.rows.length).toBeGreaterThan(10);
  });
});
