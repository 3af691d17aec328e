/** Writes the golden files of SQL Server's statements anew; what has changed is for a person to review. */
import { GOLDEN, goldenFiles } from "../shared/store/testing/mssql_golden.ts";

const files = await goldenFiles();
for (const { name } of Deno.readDirSync(GOLDEN)) if (!files.has(name)) Deno.removeSync(new URL(name, GOLDEN));
for (const [name, text] of files) Deno.writeTextFileSync(new URL(name, GOLDEN), text);
console.log(`${files.size} files in ${GOLDEN.pathname}`);
