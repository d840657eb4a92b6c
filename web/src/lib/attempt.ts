/** What was asked of the server by a press, and why it failed. */
import { useState } from "preact/hooks";

export function useAttempt() {
  const [error, setError] = useState<unknown>(null);
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setError(null);
    await work().catch(setError);
  };
  return { error, attempt };
}
