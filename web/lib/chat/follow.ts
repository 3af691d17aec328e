/** Whether the page goes along with what is being written, or stays where its reader is. */

/** How near to the end counts as being there, in CSS pixels. */
const NEAR_PX = 48;

export interface ScrollPlace {
  scrollTop: number;
  scrollHeight: number;
  clientHeight: number;
}

/** Tells whether the reader is at the end, and so wants to see what comes next. */
export function isAtEnd({ scrollTop, scrollHeight, clientHeight }: ScrollPlace): boolean {
  return scrollHeight - clientHeight - scrollTop <= NEAR_PX;
}
