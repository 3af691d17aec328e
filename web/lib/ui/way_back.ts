/** Makes the choice of a language lead back to where the reader is: the page may have another address by now than when it was drawn. */

/** Writes the page's address into a form that asks for the way back, when it is sent. Gives the function that ends it. */
export function keepWayBack(): () => void {
  const write = ({ target }: Event) => {
    const { back } = (target as HTMLFormElement).elements as unknown as { back?: HTMLInputElement };
    if (back) back.value = location.pathname + location.search;
  };
  addEventListener("submit", write);
  return () => removeEventListener("submit", write);
}
