/** Sizes a page or an image can be shown at, in percent of the width of its frame. */
export const ZOOMS = [50, 75, 100, 125, 150, 200, 300, 400];

/** The next size in a direction; stays within bounds. */
export function zoomed(zoom: number, by: 1 | -1): number {
  const index = ZOOMS.indexOf(zoom) + by;
  return ZOOMS[Math.max(0, Math.min(ZOOMS.length - 1, index))] ?? 100;
}
