/** Who this broker is, to the server. */

/** Names a broker. The server may give another id and a session key when it registers, so both can change. */
export interface Identity {
  id: string;
  readonly name: string;
  /** Proves on the hub that calls come from who registered; empty before registration. */
  sessionKey: string;
  /** Shown to people. */
  readonly version?: string | undefined;
  readonly hostname?: string | undefined;
}
