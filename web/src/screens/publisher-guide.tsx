/** The guide of integrators, as the repository has it: a service without its documents has it too. */
import guide from "../../../docs/depositing.md?raw";
import { publisherWords as t } from "../catalogue/publishers";
import { EXAMPLES } from "../lib/examples";
import { type Block, type Span, blocks } from "../lib/markdown";
import { Page } from "../ui/page";

/** Where the guide's own links lead once served. */
const PLACES: Record<string, string> = {
  "openapi.json": "/openapi.json",
  ...Object.fromEntries(Object.entries(EXAMPLES).map(([name, place]) => [`examples/${name}`, place])),
};

function Words({ of }: { of: Span[] }) {
  return (
    <>
      {of.map((span, index) => {
        if (span.kind === "code") return <code key={index}>{span.text}</code>;
        if (span.kind === "strong") return <strong key={index}>{span.text}</strong>;
        if (span.kind === "plain") return span.text;
        const name = span.href.startsWith("examples/") ? { download: span.text } : {};
        return (
          <a key={index} href={PLACES[span.href] ?? span.href} {...name}>
            {span.text}
          </a>
        );
      })}
    </>
  );
}

/** A row of a table as a card: on a phone, four columns would be read through a keyhole. */
function Row({ head, row }: { head: Span[][]; row: Span[][] }) {
  const [first = [], ...rest] = row;
  return (
    <li class="card">
      <p>
        <strong>
          <Words of={first} />
        </strong>
      </p>
      <dl>
        {rest.map((cell, index) => (
          <div key={index}>
            <dt>
              <Words of={head[index + 1] ?? []} />
            </dt>
            <dd>
              <Words of={cell} />
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

function Piece({ of: block }: { of: Block }) {
  if (block.kind === "code") return <pre class="sample">{block.text}</pre>;
  if (block.kind === "title") {
    return (
      <h2>
        <Words of={block.spans} />
      </h2>
    );
  }
  if (block.kind === "paragraph") {
    return (
      <p>
        <Words of={block.spans} />
      </p>
    );
  }
  if (block.kind === "list") {
    return (
      <ul>
        {block.items.map((item, index) => (
          <li key={index}>
            <Words of={item} />
          </li>
        ))}
      </ul>
    );
  }
  return (
    <ul class="mistakes" role="list">
      {block.rows.map((row, index) => (
        <Row key={index} head={block.head} row={row} />
      ))}
    </ul>
  );
}

export default function PublisherGuide() {
  return (
    <Page title={t.guideTitle} intro={t.guideIntro} back={{ href: "/editeurs", label: t.title }}>
      <article class="guide" lang="en">
        {blocks(guide).map((block, index) => (
          <Piece key={index} of={block} />
        ))}
      </article>
    </Page>
  );
}
