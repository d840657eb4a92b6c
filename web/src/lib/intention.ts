/** One key for each thing asked: a second try makes nothing twice, and another ask is another thing. */
import { useRef } from "preact/hooks";
import { idempotencyKey } from "./ids";

export function useIntention() {
  const last = useRef({ asked: "", key: "" });
  return (draft: object) => {
    const asked = JSON.stringify(draft);
    if (last.current.asked !== asked) last.current = { asked, key: idempotencyKey() };
    return last.current.key;
  };
}
