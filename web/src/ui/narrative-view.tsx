/** A clinical document drawn from a tree of plain data: nothing received is ever read as markup. */
import type { ComponentChildren } from "preact";
import type {
  Attachment, Inline, Narrative, NarrativeBlock, NarrativeCell, NarrativeSection,
} from "../api/types";
import { catalogue as t } from "../catalogue";
import { AttachmentList, AttachmentView } from "./attachment-view";
import { SideScroll } from "./side-scroll";

const STYLES: Record<string, (text: ComponentChildren) => ComponentChildren> = {
  bold: (text) => <strong>{text}</strong>,
  italic: (text) => <em>{text}</em>,
  underline: (text) => <span class="underlined">{text}</span>,
  strikethrough: (text) => <s>{text}</s>,
  sub: (text) => <sub>{text}</sub>,
  sup: (text) => <sup>{text}</sup>,
};

type Media = Extract<NarrativeBlock, { type: "media" }>;

/** The file to draw at each place that shows one; null where the same was drawn above. */
type Files = Map<Media, Attachment | null>;

/** Words in their styles. Where a link led is written after them, to read and never to follow. */
function Words({ runs }: { runs?: Inline[] | undefined }) {
  return (
    <>
      {(runs ?? []).map((run, index) => {
        if (run.type === "break") return <br key={index} />;
        const text = (run.styles ?? []).reduce<ComponentChildren>(
          (words, style) => STYLES[style]?.(words) ?? words,
          run.text,
        );
        return (
          <span key={index}>
            {text}
            {run.target && <span class="muted"> ({run.target})</span>}
          </span>
        );
      })}
    </>
  );
}

/** A cell or an item of one plain paragraph is its words, without a block around them. */
function Content({ blocks, files }: { blocks?: NarrativeBlock[] | undefined; files: Files }) {
  if (!blocks) return null;
  const [only] = blocks;
  if (blocks.length === 1 && only?.type === "paragraph" && !only.caption && !only.footnote) {
    return <Words runs={only.runs} />;
  }
  return <Blocks blocks={blocks} files={files} />;
}

function Cell({ cell, scope, files }: { cell: NarrativeCell; scope: "col" | "row"; files: Files }) {
  const spans = { colSpan: cell.colspan ?? 1, rowSpan: cell.rowspan ?? 1 };
  const content = <Content blocks={cell.blocks} files={files} />;
  if (!cell.header) return <td {...spans}>{content}</td>;
  return (
    <th scope={scope} {...spans}>
      {content}
    </th>
  );
}

function Rows({ rows, scope, files }: {
  rows: NarrativeCell[][];
  scope: "col" | "row";
  files: Files;
}) {
  return (
    <>
      {rows.map((cells, index) => (
        <tr key={index}>
          {cells.map((cell, at) => (
            <Cell key={at} cell={cell} scope={scope} files={files} />
          ))}
        </tr>
      ))}
    </>
  );
}

type Table = Extract<NarrativeBlock, { type: "table" }>;

const plain = (runs: Inline[] = []) =>
  runs.map((run) => (run.type === "text" ? run.text : " ")).join("");

function TableView({ table, files }: { table: Table; files: Files }) {
  const { head = [], body = [], foot = [], caption } = table;
  return (
    <SideScroll label={t.document.wideTable(plain(caption))}>
      <table>
        {caption && (
          <caption>
            <Words runs={caption} />
          </caption>
        )}
        {head.length > 0 && (
          <thead>
            <Rows rows={head} scope="col" files={files} />
          </thead>
        )}
        {body.length > 0 && (
          <tbody>
            <Rows rows={body} scope="row" files={files} />
          </tbody>
        )}
        {foot.length > 0 && (
          <tfoot>
            <Rows rows={foot} scope="row" files={files} />
          </tfoot>
        )}
      </table>
    </SideScroll>
  );
}

function Caption({ runs }: { runs?: Inline[] | undefined }) {
  return runs ? (
    <p class="list-caption">
      <Words runs={runs} />
    </p>
  ) : null;
}

function BlockView({ block, files }: { block: NarrativeBlock; files: Files }) {
  if (block.type === "table") return <TableView table={block} files={files} />;
  if (block.type === "media") {
    const file = files.get(block);
    return (
      <figure>
        {file && <AttachmentView file={file} name={plain(block.caption) || t.document.illustration} />}
        {file === null && <p class="muted">{t.document.shownAbove}</p>}
        <figcaption>
          <Words runs={block.caption} />
        </figcaption>
      </figure>
    );
  }
  if (block.type === "paragraph") {
    return (
      <>
        <Caption runs={block.caption} />
        <p>
          {block.footnote ? <span class="muted">{t.document.note(block.footnote)} : </span> : null}
          <Words runs={block.runs} />
        </p>
      </>
    );
  }
  const items = block.items.map((blocks, index) => (
    <li key={index}>
      <Content blocks={blocks} files={files} />
    </li>
  ));
  return (
    <>
      <Caption runs={block.caption} />
      {block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>}
    </>
  );
}

function Blocks({ blocks, files }: { blocks: NarrativeBlock[]; files: Files }) {
  return (
    <>
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} files={files} />
      ))}
    </>
  );
}

export type Level = 2 | 3 | 4 | 5 | 6;

function SectionView({ section, level, files }: {
  section: NarrativeSection;
  level: Level;
  files: Files;
}) {
  const Heading = `h${level}` as const;
  const { title, blocks = [], sections = [] } = section;
  return (
    <section>
      {title && <Heading>{title}</Heading>}
      <Blocks blocks={blocks} files={files} />
      {sections.map((child, index) => (
        <SectionView
          key={index}
          section={child}
          files={files}
          level={title ? (Math.min(6, level + 1) as Level) : level}
        />
      ))}
    </section>
  );
}

/** The places of the text that show a file, in reading order. */
function mediaIn(blocks: NarrativeBlock[] = []): Media[] {
  return blocks.flatMap((block) => {
    if (block.type === "media") return [block];
    if (block.type === "list") return block.items.flatMap(mediaIn);
    if (block.type !== "table") return [];
    const cells = [...(block.head ?? []), ...(block.body ?? []), ...(block.foot ?? [])].flat();
    return cells.flatMap((cell) => mediaIn(cell.blocks));
  });
}

const mediaOf = (section: NarrativeSection): Media[] => [
  ...mediaIn(section.blocks),
  ...(section.sections ?? []).flatMap(mediaOf),
];

/** Each file is drawn once: a document that shows one a thousand times would freeze the screen. */
function placed(media: Media[], attachments: Attachment[]): Files {
  const left = new Map(attachments.map((file) => [file.key, file]));
  const known = new Set(left.keys());
  return new Map(
    media
      .filter((place) => known.has(place.key))
      .map((place) => {
        const file = left.get(place.key) ?? null;
        left.delete(place.key);
        return [place, file];
      }),
  );
}

/** A whole document: its text or the file it is, then the files joined to it. */
export function NarrativeView({ narrative, level, title }: {
  narrative: Narrative;
  /** The level of its headings, below the title above them. */
  level: Level;
  title: string;
}) {
  const { sections, attachments, embedded } = narrative;
  const media = sections.flatMap(mediaOf);
  const files = placed(media, attachments);
  const whole = attachments.find((file) => file.key === embedded);
  const shown = new Set([...media.map((place) => place.key), embedded]);
  return (
    <div class="document">
      {sections.length > 0 && (
        <article class="card narrative" aria-label={t.document.narrative}>
          {sections.map((section, index) => (
            <SectionView key={index} section={section} level={level} files={files} />
          ))}
        </article>
      )}
      {whole && <AttachmentView file={whole} name={title} />}
      <AttachmentList files={attachments.filter((file) => !shown.has(file.key))} level={level} />
    </div>
  );
}
