import { HttpError } from "fresh";
import { define } from "../define.ts";

export default define.page(({ error }) => (
  <h1>{error instanceof HttpError ? `Problem ${error.status}` : "Something broke"}</h1>
));
