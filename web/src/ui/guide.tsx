/** A guide of integrators, as the repository has it: a service without its documents has it too. */
import { publisherWords as t } from "../catalogue/publishers";
import { APPLICATION_EXAMPLES, EXAMPLES } from "../lib/examples";
import { type Block, type Span, blocks } from "../lib/markdown";
import { Page } from "./page";

/** Where the guides' own links lead once served. */
const PLACES: Record<string, string> = {
  "openapi.json": "/openapi.json",
  "depositing.md": "/editeurs/guide",
  "applications.md": "/editeurs/applications",
  "fhir.md": "/editeurs/fhir",
  ...Object.fromEntries(
    Object.entries({ ...EXAMPLES, ...APPLICATION_EXAMPLES }).map(([name, place]) => [`examples/${name}`, place]),
  ),
};

/** A link of a guide; what is not served here is named, and leads nowhere. */
function Link({ href, text }: { href: string; text: string }) {
  const place = href.startsWith("https://") ? href : PLACES[href.split("#")[0] ?? ""];
  if (!place) return <>{text}</>;
  return (
    <a href={place} {...(href.startsWith("examples/") && { download: text })}>
      {text}
    </a>
  );
}

function Words({ of }: { of: Span[] }) {
  return (
    <>
      {of.map((span, index) => {
        if (span.kind === "code") return <code key={index}>{span.text}</code>;
        if (span.kind === "strong") return <strong key={index}>{span.text}</strong>;
        if (span.kind === "plain") return span.text;
        return <Link key={index} href={span.href} text={span.text} />;
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

export function Guide({ text, title }: { text: string; title: string }) {
  return (
    <Page title={title} intro={t.guideIntro} back={{ href: "/editeurs", label: t.title }}>
      <article class="guide" lang="en">
        {blocks(text).map((block, index) => (
          <Piece key={index} of={block} />
        ))}
      </article>
    </Page>
  );
}
