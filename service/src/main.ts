import { runCli } from './cli/run.ts'

const code = await runCli(
  process.argv.slice(2),
  process.env,
  (line) => process.stdout.write(`${line}\n`),
  (line) => process.stderr.write(`${line}\n`),
)
if (code !== null) process.exitCode = code
