/**
 * Azure as far as a secret needs it, on this machine: Entra ID, a Key Vault and a managed identity, behind a proxy that
 * leads every name here. So Azure's own clients run as they are, over HTTPS, and check the certificate and the challenge.
 */
import { inherited } from "../../../tests/environment.ts";

export const VAULT_URL = "https://parley.vault.azure.net";
export const TENANT = "11111111-1111-1111-1111-111111111111";
const LOGIN = "https://login.microsoftonline.com";
export const TOKEN = "token-of-the-test";

/** What the vault answers for a secret, by its path below `/secrets/`. */
export type Secrets = Readonly<Record<string, string | { status: number } | "never">>;

export interface FakeAzure extends AsyncDisposable {
  /** The variables with which a process finds all of it. */
  readonly env: Record<string, string>;
  /** The requests that came, such as `GET parley.vault.azure.net/secrets/key`, those with a token marked by a `*`. */
  readonly requests: readonly string[];
}

/** Tells why there can be none here, or undefined when there can. */
export function whyNoFakeAzure(): string | undefined {
  try {
    const { success } = new Deno.Command("openssl", { args: ["version"], stdout: "null", stderr: "null" })
      .outputSync();
    return success ? undefined : "needs openssl";
  } catch {
    return "needs openssl";
  }
}

/** Starts it; `refusal` is Entra ID's number for a client that it does not sign in. */
export async function startFakeAzure(
  secrets: Secrets,
  { refusal }: { refusal?: string } = {},
): Promise<FakeAzure> {
  const directory = await Deno.makeTempDir();
  const { key, cert, authority } = await makeCertificates(directory);
  const requests: string[] = [];
  const closing = Promise.withResolvers<void>();
  const answer = async (request: Request) => {
    requests.push(lineOf(request));
    const { hostname, pathname } = new URL(request.url);
    if (hostname === new URL(LOGIN).hostname) return signedIn(refusal);
    if (request.headers.get("authorization") !== `Bearer ${TOKEN}`) return challenge();
    return await secretAt(pathname, { secrets, closing: closing.promise });
  };
  const tls = Deno.serve({ hostname: "127.0.0.1", port: 0, key, cert, onListen() {} }, answer);
  const identity = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => managedIdentity());
  const proxy = startProxy(tls.addr.port);
  return {
    requests,
    env: {
      ...inherited(),
      DENO_NO_UPDATE_CHECK: "1",
      DENO_CERT: authority,
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      NO_PROXY: "127.0.0.1",
      IDENTITY_ENDPOINT: `http://127.0.0.1:${identity.addr.port}/msi`,
      IDENTITY_HEADER: "header-of-the-test",
    },
    async [Symbol.asyncDispose]() {
      closing.resolve();
      await proxy[Symbol.asyncDispose]();
      await Promise.all([tls.shutdown(), identity.shutdown()]);
      await Deno.remove(directory, { recursive: true });
    },
  };
}

function lineOf({ method, url, headers }: Request): string {
  const { hostname, pathname } = new URL(url);
  return `${method} ${hostname}${pathname.replace(/\/$/, "")}${headers.has("authorization") ? " *" : ""}`;
}

function signedIn(refusal: string | undefined): Response {
  if (refusal === undefined) {
    return Response.json({ token_type: "Bearer", expires_in: 3599, access_token: TOKEN });
  }
  const body = { error: "invalid_client", error_description: `${refusal}: Invalid client secret provided.` };
  return Response.json(body, { status: 401 });
}

function managedIdentity(): Response {
  const expires = String(Math.floor(Date.now() / 1000) + 86_400);
  return Response.json({
    access_token: TOKEN,
    expires_on: expires,
    resource: "https://vault.azure.net",
    token_type: "Bearer",
  });
}

function challenge(): Response {
  const header = `Bearer authorization="${LOGIN}/${TENANT}", resource="https://vault.azure.net"`;
  return Response.json({}, { status: 401, headers: { "www-authenticate": header } });
}

async function secretAt(
  pathname: string,
  { secrets, closing }: { secrets: Secrets; closing: Promise<void> },
): Promise<Response> {
  const path = pathname.replace(/^\/secrets\/|\/$/g, "");
  const secret = secrets[path] ?? { status: 404 };
  if (secret === "never") await closing;
  if (typeof secret === "object") return Response.json({ error: { code: "X", message: "said" } }, secret);
  return Response.json({ value: secret, id: `${VAULT_URL}/secrets/${path}`, attributes: { enabled: true } });
}

/** A proxy as `HTTPS_PROXY` names one; whatever is asked for, it leads to `port`. */
function startProxy(port: number): AsyncDisposable & { port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  const connections: Promise<unknown>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) {
      connections.push(lead(conn, port, open).catch(() => {/* the peer left */}));
    }
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const conn of open) close(conn);
      await Promise.all([accepting, ...connections]);
    },
  };
}

async function lead(conn: Deno.TcpConn, port: number, open: Set<Deno.TcpConn>): Promise<void> {
  open.add(conn);
  await conn.read(new Uint8Array(4096));
  const target = await Deno.connect({ hostname: "127.0.0.1", port });
  open.add(target);
  await conn.write(new TextEncoder().encode("HTTP/1.1 200 Connection established\r\n\r\n"));
  await Promise.allSettled([
    conn.readable.pipeTo(target.writable),
    target.readable.pipeTo(conn.writable),
  ]);
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch { /* closed already */ }
}

async function makeCertificates(
  directory: string,
): Promise<{ key: string; cert: string; authority: string }> {
  const path = (name: string) => `${directory}/${name}`;
  const authority = path("ca.pem");
  await openssl(["-keyout", path("ca.key"), "-out", authority, "-subj", "/CN=Parley's tests"]);
  await openssl([
    ...["-CA", authority, "-CAkey", path("ca.key"), "-keyout", path("key.pem"), "-out", path("cert.pem")],
    ...["-subj", "/CN=Azure", "-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-addext", "subjectAltName=DNS:*.vault.azure.net,DNS:login.microsoftonline.com"],
  ]);
  const [key, cert] = await Promise.all([
    Deno.readTextFile(path("key.pem")),
    Deno.readTextFile(path("cert.pem")),
  ]);
  return { key, cert, authority };
}

async function openssl(args: string[]): Promise<void> {
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const { success, stderr } = await new Deno.Command("openssl", { args: ["req", "-x509", ...kind, ...args] })
    .output();
  if (!success) throw new Error(`openssl says:\n${new TextDecoder().decode(stderr)}`);
}
