import { type ChildProcess, spawn } from 'node:child_process'

/**
 * A shell that outlives this process. It reads one event per line. When the pipe closes, however this process ended, it
 * stops the remaining processes and removes the remaining folders.
 */
const SCRIPT = `
  running=
  alive() { for one in $running; do kill -0 "\${one#*:}" 2>/dev/null && return 0; done; return 1; }
  while read -r event subject; do
    case $event in
      started) running="$running $subject" ;;
      ended) running=$(for one in $running; do [ "\${one#*:}" = "$subject" ] || printf ' %s' "$one"; done) ;;
      made) set -- "$@" "$subject" ;;
      removed) for one do shift; [ "$one" = "$subject" ] || set -- "$@" "$one"; done ;;
    esac
  done
  for one in $running; do kill -CONT "\${one#*:}" 2>/dev/null; kill -"\${one%%:*}" "\${one#*:}" 2>/dev/null; done
  tries=0
  while alive && [ $tries -lt 20 ]; do sleep 0.1; tries=$((tries + 1)); done
  for one in $running; do kill -KILL "\${one#*:}" 2>/dev/null; done
  [ $# = 0 ] || rm -rf -- "$@"
`

let shell: ChildProcess | undefined

const tell = (event: string, subject: string): void => {
  if (shell === undefined) {
    // Detached, because Ctrl-C signals the whole process group of the terminal.
    shell = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
    shell.stdin?.on('error', () => undefined)
    // Neither the shell nor its pipe keeps this process alive.
    shell.unref()
    ;(shell.stdin as { unref?: () => void } | null)?.unref?.()
  }
  shell.stdin?.write(`${event} ${subject}\n`)
}

/** What must not outlive this process, even when it is killed. */
export const reaper = {
  /** Stop this process with `signal`, and kill it 2 s later. */
  started: (pid: number, signal: NodeJS.Signals): void => tell('started', `${signal.replace('SIG', '')}:${pid}`),
  ended: (pid: number): void => tell('ended', String(pid)),
  /** Remove this folder. */
  made: (folder: string): void => tell('made', folder),
  removed: (folder: string): void => tell('removed', folder),
}
