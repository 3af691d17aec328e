/** What a terminal is shown of text that comes in pieces: no sequence in it may move the cursor, set a title or answer. */

const ESC = "\u001b";
/** The one-character forms of `ESC [`, and of `ESC P X ] ^ _`. */
const CSI = "\u009b";
const OPENS_STRING = /[\u0090\u0098\u009d\u009e\u009f]/;
const STRING_AFTER_ESC = /[PX\]^_]/;
const SPECIAL = /(?![\t\n\r])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
/** What ends a string: the bell, what cancels it, and the one-character form of its end. */
const ENDS_STRING = ["\u0007", "\u0018", "\u001a", "\u009c"];
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const COLOUR = /^[\d;:]{0,40}$/;
const RESET = `${ESC}[0m`;

type State = "text" | "escape" | "csi" | "string";

/**
 * Lets text, line ends, tabs and carriage returns through, and colours where `colours` is set; everything else that
 * steers a terminal is dropped, wherever the pieces are cut.
 */
export class EscapeFilter {
  #state: State = "text";
  #parameters = "";
  #isColoured = false;

  constructor(private readonly options: { colours: boolean }) {}

  /** Gives what may be shown of the next piece. */
  write(piece: string): string {
    if (this.#state === "text" && !SPECIAL.test(piece)) return piece;
    let shown = "";
    for (const character of piece) shown += this.#take(character);
    return shown;
  }

  /** Gives what ends the text: colours do not outlive it. */
  end(): string {
    this.#state = "text";
    return this.#isColoured ? RESET : "";
  }

  #take(character: string): string {
    if (character === ESC) return this.#enter("escape");
    switch (this.#state) {
      case "text":
        return this.#text(character);
      case "escape":
        return this.#escape(character);
      case "csi":
        return this.#csi(character);
      case "string":
        return this.#string(character);
    }
  }

  #enter(state: State): string {
    this.#state = state;
    this.#parameters = "";
    return "";
  }

  #text(character: string): string {
    if (character === CSI) return this.#enter("csi");
    if (OPENS_STRING.test(character)) return this.#enter("string");
    if (DIRECTION.test(character)) return "�";
    return SPECIAL.test(character) ? "" : character;
  }

  #escape(character: string): string {
    if (character === "[") return this.#enter("csi");
    if (STRING_AFTER_ESC.test(character)) return this.#enter("string");
    if (character >= " " && character <= "/") return "";
    this.#enter("text");
    return character < " " || character > "~" ? this.#text(character) : "";
  }

  #csi(character: string): string {
    if (character >= " " && character <= "?") {
      if (this.#parameters.length <= 40) this.#parameters += character;
      return "";
    }
    const parameters = this.#parameters;
    this.#enter("text");
    if (character < "@" || character > "~") return this.#text(character);
    if (character !== "m" || !this.options.colours || !COLOUR.test(parameters)) return "";
    this.#isColoured = true;
    return `${ESC}[${parameters}m`;
  }

  /** A line ends it too: one that is never closed would hide everything after it. */
  #string(character: string): string {
    if (character === "\n") return this.#enter("text") + character;
    if (ENDS_STRING.includes(character)) this.#enter("text");
    return "";
  }
}
