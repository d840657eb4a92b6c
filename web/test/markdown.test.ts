import { describe, expect, it } from "vitest";
import applications from "../../docs/applications.md?raw";
import depositing from "../../docs/depositing.md?raw";
import fhir from "../../docs/fhir.md?raw";
import { type Block, type Span, blocks, spans } from "../src/lib/markdown";

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

  it("keeps in its cell a bar that a backslash precedes", () => {
    expect(blocks("| a | b |\n|---|---|\n| `c\\|d` | e |\n")).toMatchObject([
      { rows: [[[{ kind: "code", text: "c|d" }], [{ kind: "plain", text: "e" }]]] },
    ]);
  });

  it.each(Object.entries({ applications, depositing, fhir }))("of %s leaves no mark unread", (_, text) => {
    const read = blocks(text);
    const plain = read.flatMap(words).filter((span) => span.kind === "plain");
    expect(plain.filter((span) => /[`|]|\*\*|\]\(|^#/.test(span.text))).toEqual([]);
    expect(read.filter((one) => one.kind === "code").length).toBeGreaterThan(3);
    const tables = read.flatMap((one) => (one.kind === "table" ? [one] : []));
    for (const { head, rows } of tables) expect(new Set(rows.map((row) => row.length))).toEqual(new Set([head.length]));
    expect(tables.length).toBeGreaterThan(0);
  });
});
