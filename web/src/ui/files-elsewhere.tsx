/** The files that another page of this device has: what becomes of them is told here too. */
import { useEffect, useRef } from "preact/hooks";
import { catalogue as t } from "../catalogue";
import { forgetLists } from "../lib/paging";
import { type Kept, type Step, elsewhere, stepOf } from "../lib/upload-queue";
import { Notice } from "./states";
import { Badge, Failure } from "./upload-card";

const standing = (kept: Kept): Step => (kept.going ? { at: "sending", share: 0, secondsLeft: null } : stepOf(kept));

export function FilesElsewhere({ pid }: { pid: string }) {
  const files = elsewhere(pid);
  const had = useRef(0);
  const count = files?.length ?? 0;
  useEffect(() => {
    // What is no longer there has arrived, or was taken out.
    if (count < had.current) forgetLists();
    had.current = count;
  }, [count]);
  const seen = useRef(false);
  seen.current ||= count > 0;
  if (files === null || !seen.current) return null;
  const said = t.add.elsewhere;
  if (count === 0) return <Notice kind="info"><p role="status">{said.over}</p></Notice>;
  return (
    <Notice kind="info">
      <p role="status">{files.some(({ going }) => going) ? said.sends : said.has}</p>
      <ul class="files-elsewhere" role="list">
        {files.map((kept) => (
          <li key={kept.place}>
            <p class="file-name">{kept.name || t.add.unnamed}</p>
            <Badge step={standing(kept)} />
            <Failure step={standing(kept)} />
          </li>
        ))}
      </ul>
    </Notice>
  );
}
