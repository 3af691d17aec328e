// The error that carries an HTTP status: shared by server code and islands, so it imports nothing.

/** Names each status that an error may answer with. */
export const STATUS_TEXT = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  418: "I'm a teapot",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  423: "Locked",
  424: "Failed Dependency",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  506: "Variant Also Negotiates",
  507: "Insufficient Storage",
  508: "Loop Detected",
  510: "Not Extended",
  511: "Network Authentication Required",
} as const;

export type ErrorStatus = keyof typeof STATUS_TEXT;

/** Ends a request with `status`; error pages find it in `ctx.error`. */
export class HttpError extends Error {
  override name = "HttpError";

  constructor(
    readonly status: ErrorStatus,
    message?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Answers what no error page answers: its status and message if it is an `HttpError`, else a bare 500, logged. */
export function errorResponse(error: unknown): Response {
  const known = error instanceof HttpError ? error : null;
  if (!known || known.status >= 500) console.error(error);
  const status = known?.status ?? 500;
  return new Response(known?.message || STATUS_TEXT[status], {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
  });
}
