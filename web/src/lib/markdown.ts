/** The little of Markdown that our own guides use, read into plain data: no markup is ever made. */

type Word<K> = { kind: K; text: string };
export type Span =
  | Word<"plain">
  | Word<"code">
  | Word<"strong">
  | (Word<"link"> & { href: string });

export type Block =
  | { kind: "title"; level: 1 | 2; spans: Span[] }
  | { kind: "paragraph"; spans: Span[] }
  | { kind: "list"; items: Span[][] }
  | { kind: "code"; text: string }
  | { kind: "table"; head: Span[][]; rows: Span[][][] };

const SPAN = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)]+)\)/g;

/** Reads words in their styles; a link's words lose the code style that they may have. */
export function spans(text: string): Span[] {
  const found: Span[] = [];
  let end = 0;
  for (const match of text.matchAll(SPAN)) {
    const [whole, code, strong, label, href] = match;
    if (match.index > end) found.push({ kind: "plain", text: text.slice(end, match.index) });
    if (code !== undefined) found.push({ kind: "code", text: code });
    else if (strong !== undefined) found.push({ kind: "strong", text: strong });
    else found.push({ kind: "link", text: (label ?? "").replaceAll("`", ""), href: href ?? "" });
    end = match.index + whole.length;
  }
  if (end < text.length) found.push({ kind: "plain", text: text.slice(end) });
  return found;
}

/** Cells of a row; a bar that belongs to a cell is written with a backslash before it. */
const cells = (line: string) =>
  line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => spans(cell.trim().replaceAll("\\|", "|")));

function block(lines: string[]): Block {
  const [first = "", ...rest] = lines;
  const title = /^(##?) (.*)$/.exec(first);
  if (title) return { kind: "title", level: title[1] === "#" ? 1 : 2, spans: spans(title[2] ?? "") };
  if (first.startsWith("|")) return { kind: "table", head: cells(first), rows: rest.slice(1).map(cells) };
  const text = lines.map((line) => line.trim()).join("\n");
  if (!first.startsWith("- ")) return { kind: "paragraph", spans: spans(text.replaceAll("\n", " ")) };
  const items = text.slice(2).split("\n- ").map((item) => spans(item.replaceAll("\n", " ")));
  return { kind: "list", items };
}

/** Reads a whole text: blocks are separated by empty lines, code is fenced. */
export function blocks(text: string): Block[] {
  return text.split(/^```\w*\n/m).flatMap((part, index): Block[] => {
    const [code, after] = index % 2 ? [part, ""] : ["", part];
    if (code) return [{ kind: "code", text: code.trimEnd() }];
    return after.split(/\n{2,}/).map((one) => one.trim()).filter(Boolean).map((one) => block(one.split("\n")));
  });
}
