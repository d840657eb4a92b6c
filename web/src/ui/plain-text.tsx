/** A text file as it reads: what would show its words in another order is left out, and said. */
import { catalogue as t } from "../catalogue";
import { textOf, withoutTurns } from "../lib/file-facts";
import { Notice } from "./states";

export function PlainText({ bytes }: { bytes: ArrayBuffer }) {
  const written = textOf(bytes);
  const text = withoutTurns(written);
  return (
    <>
      {text !== written && (
        <Notice kind="warning">
          <p>{t.document.turned}</p>
        </Notice>
      )}
      <p class="plain-text">{text}</p>
    </>
  );
}
