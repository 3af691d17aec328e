/** BullMQ with what it needs, from npm, in a folder of its own: it is a peer to be measured, and no part of the product. */

const FILES = ["package.json", "producer.js", "worker.js"];

/** Gives the folder where its scripts run; installs it when that is not there yet. */
export async function bullMqFolder(): Promise<string> {
  const folder = `${Deno.env.get("TMPDIR") ?? "/tmp"}/parley-bench-bullmq`;
  await Deno.mkdir(folder, { recursive: true });
  for (const name of FILES) {
    await Deno.copyFile(new URL(`bullmq/${name}`, import.meta.url), `${folder}/${name}`);
  }
  // Its optional parts are built for one machine, and only make it a little faster at packing what is large.
  const args = ["install", "--omit=optional", "--no-audit", "--no-fund", "--silent"];
  const { success } = await new Deno.Command("npm", { args, cwd: folder, stdout: "null" }).output();
  if (!success) throw new Error("npm could not install BullMQ");
  return folder;
}
