/** What may be allowed to an application, in the order it is always shown: by kind, reading first. */
import type { Consent, Permission } from "../api/types";

export const PERMISSIONS: readonly Permission[] = [
  "weight:read", "weight:write", "blood_pressure:read", "blood_pressure:write",
  "appointment:read", "appointment:write", "document:read", "document:write",
];

/** In their usual order, each once. */
export const inOrder = (some: readonly Permission[]): Permission[] => PERMISSIONS.filter((one) => some.includes(one));

export interface UseBar {
  permission: Permission;
  calls: number;
  lastAt: string;
  /** Its length, from 0 to 1 of the longest. */
  share: number;
}

/** How often each thing was done, as bars; what was never done has none. */
export function usesOf({ activity }: Pick<Consent, "activity">): UseBar[] {
  const most = Math.max(1, ...activity.map(({ calls }) => calls));
  return PERMISSIONS.flatMap((permission) => {
    const use = activity.find((one) => one.permission === permission);
    return use && use.calls > 0
      ? [{ permission, calls: use.calls, lastAt: use.last_at, share: use.calls / most }]
      : [];
  });
}
