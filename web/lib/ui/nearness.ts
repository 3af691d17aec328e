/** Which parts of a long page are near what its reader sees: the others need not be there. */

type Told = (isNear: boolean, heightPx: number) => void;

/** How far from what is seen counts as near, in CSS pixels: several screens, so that nobody scrolls into nothing. */
const NEAR_PX = 4_000;

/** Watches elements within one that scrolls. */
export class Nearness {
  readonly #told = new Map<Element, Told>();
  #observer: IntersectionObserver | undefined;

  /** Tells of `element`, now and whenever it comes near or goes far, with the height that it has then. Gives what ends that. */
  watch(element: Element, told: Told): () => void {
    const root = element.closest(".log");
    this.#observer ??= new IntersectionObserver((seen) => this.#tell(seen), {
      root,
      rootMargin: `${NEAR_PX}px 0px`,
    });
    this.#told.set(element, told);
    this.#observer.observe(element);
    return () => {
      this.#told.delete(element);
      this.#observer?.unobserve(element);
    };
  }

  #tell(seen: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting, boundingClientRect } of seen) {
      this.#told.get(target)?.(isIntersecting, boundingClientRect.height);
    }
  }
}
