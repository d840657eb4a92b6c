/** A clinical document drawn from a tree of plain data: nothing received is ever read as markup. */
import { type ComponentChildren, Fragment } from "preact";
import type { NarrativeBlock, NarrativeCell, NarrativeSection, Run } from "../api/types";
import { catalogue as t } from "../catalogue";
import { Icon } from "./icon";

const STYLES: Record<string, (text: ComponentChildren) => ComponentChildren> = {
  bold: (text) => <strong>{text}</strong>,
  italics: (text) => <em>{text}</em>,
  emphasis: (text) => <em>{text}</em>,
  underline: (text) => <span class="underlined">{text}</span>,
  strike: (text) => <s>{text}</s>,
  sub: (text) => <sub>{text}</sub>,
  sup: (text) => <sup>{text}</sup>,
};

function RunView({ run }: { run: Run }) {
  if (run.break) return <br />;
  return (
    <>
      {(run.styles ?? []).reduce<ComponentChildren>(
        (text, style) => STYLES[style]?.(text) ?? text,
        run.text ?? "",
      )}
    </>
  );
}

const Runs = ({ runs }: { runs: Run[] }) => (
  <>
    {runs.map((run, index) => (
      <RunView key={index} run={run} />
    ))}
  </>
);

/** A cell of one paragraph is its words: no block inside a cell unless there are several. */
function CellContent({ blocks }: { blocks: NarrativeBlock[] }) {
  const [only] = blocks;
  if (blocks.length === 1 && only?.kind === "paragraph") return <Runs runs={only.runs} />;
  return <Blocks blocks={blocks} />;
}

function Cell({ cell, header }: { cell: NarrativeCell; header: boolean }) {
  const spans = { colSpan: cell.colspan ?? 1, rowSpan: cell.rowspan ?? 1 };
  const content = <CellContent blocks={cell.blocks} />;
  if (!cell.header) return <td {...spans}>{content}</td>;
  return (
    <th scope={header ? "col" : "row"} {...spans}>
      {content}
    </th>
  );
}

type Table = Extract<NarrativeBlock, { kind: "table" }>;

function TableView({ table }: { table: Table }) {
  const heads = table.rows.filter((row) => row.header);
  const body = table.rows.filter((row) => !row.header);
  const draw = (rows: Table["rows"], header: boolean) =>
    rows.map((row, index) => (
      <tr key={index}>
        {row.cells.map((cell, at) => (
          <Cell key={at} cell={cell} header={header} />
        ))}
      </tr>
    ));
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={table.caption ?? t.document.narrative}>
      <table>
        {table.caption && <caption>{table.caption}</caption>}
        {heads.length > 0 && <thead>{draw(heads, true)}</thead>}
        <tbody>{draw(body, false)}</tbody>
      </table>
    </div>
  );
}

type List = Extract<NarrativeBlock, { kind: "list" }>;

function ListView({ list }: { list: List }) {
  const items = list.items.map((blocks, index) => (
    <li key={index}>
      <CellContent blocks={blocks} />
    </li>
  ));
  return (
    <>
      {list.caption && <p class="list-caption">{list.caption}</p>}
      {list.ordered ? <ol>{items}</ol> : <ul>{items}</ul>}
    </>
  );
}

function BlockView({ block }: { block: NarrativeBlock }) {
  switch (block.kind) {
    case "paragraph":
      return (
        <p>
          <Runs runs={block.runs} />
        </p>
      );
    case "list":
      return <ListView list={block} />;
    case "table":
      return <TableView table={block} />;
    case "image":
      return (
        <p class="muted">
          <Icon name="image" /> {block.alt || t.document.attachment}
        </p>
      );
  }
}

function Blocks({ blocks }: { blocks: NarrativeBlock[] }) {
  return (
    <>
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
    </>
  );
}

export type Level = 2 | 3 | 4 | 5 | 6;

function Heading({ level, children }: { level: Level; children: ComponentChildren }) {
  const Tag = `h${level}` as const;
  return <Tag>{children}</Tag>;
}

function SectionView({ section, level }: { section: NarrativeSection; level: Level }) {
  const title = section.title ?? (section.known ? null : t.document.unknownSection);
  const next = Math.min(6, level + 1) as Level;
  return (
    <section>
      {title && <Heading level={level}>{title}</Heading>}
      <Blocks blocks={section.blocks} />
      {section.sections.map((child, index) => (
        <SectionView key={index} section={child} level={title ? next : level} />
      ))}
    </section>
  );
}

/** The sections of a document; `level` is that of their headings, below the title above them. */
export function NarrativeView({ sections, level }: { sections: NarrativeSection[]; level: Level }) {
  return (
    <div class="narrative">
      {sections.map((section, index) => (
        <Fragment key={index}>
          <SectionView section={section} level={level} />
        </Fragment>
      ))}
    </div>
  );
}
