/** Which of the results is chosen after a key. */

const PAGE = 8;

/** Gives the place after `key` among `count` results, or undefined where the key moves nothing. Arrows go round. */
export function moved(key: string, place: number, count: number): number | undefined {
  if (count === 0) return undefined;
  const last = count - 1;
  const places: Record<string, number> = {
    ArrowDown: place === last ? 0 : place + 1,
    ArrowUp: place === 0 ? last : place - 1,
    Home: 0,
    End: last,
    PageDown: Math.min(place + PAGE, last),
    PageUp: Math.max(place - PAGE, 0),
  };
  return Object.hasOwn(places, key) ? places[key] : undefined;
}
