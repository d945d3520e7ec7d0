import { runLogs } from './logs-command.ts'

process.exitCode = await runLogs(
  process.argv.slice(2),
  (line) => process.stdout.write(`${line}\n`),
  (line) => process.stderr.write(`${line}\n`),
)
